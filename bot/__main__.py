"""`python -m bot` is `eks-chatops`."""

from bot.cli import main

main()
