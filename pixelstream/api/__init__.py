"""The JSON API: what every part of it shares. The addresses themselves live in `gallery.api` and
`generation.api`; `pixelstream.api.site` puts them together. docs/api.md is for those who call it.
"""
