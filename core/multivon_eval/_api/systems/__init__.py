"""Systems of others as ``model_fn``: a LangChain runnable, a LangGraph graph, an agent of OpenAI's, any function."""
