"""Points and benefits of the schemes by points: RAFP and Ircantec."""
