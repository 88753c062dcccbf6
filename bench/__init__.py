"""How fast the site is: `make bench`. Nothing here is part of the site."""
