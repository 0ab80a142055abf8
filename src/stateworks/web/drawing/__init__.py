"""Small drawings as inline SVG: no script, no style attribute, a title each, coloured by the style sheet."""
