"""Parts that pages share: the code editor, forms, results, the status bar."""
