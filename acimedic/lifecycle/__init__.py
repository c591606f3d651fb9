"""The life of an incident as an orchestration: the story, the messages it speaks, and the engine of the laptop."""
