"""`pymake watch`: what is kept between builds, what is heard, and the loop around both."""
