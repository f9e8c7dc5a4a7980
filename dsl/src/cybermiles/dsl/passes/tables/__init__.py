"""Decision tables: what their cells mean, what their hit policies do, and what is wrong with them."""
