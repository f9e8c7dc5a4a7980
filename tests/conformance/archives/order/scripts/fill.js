stock = pieces;
