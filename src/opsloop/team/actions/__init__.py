"""What a lead does: lay work on a day, propose the weeks of a team, send what the day holds, carry up."""
