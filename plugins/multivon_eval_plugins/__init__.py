"""The plug-ins that ship with multivon-eval. They import ``multivon_eval.sdk`` and nothing else of it."""
