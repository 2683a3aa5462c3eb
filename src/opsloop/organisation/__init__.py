"""Who works here and when: people, departments, roles, the working calendar, blocks, leave, numbering."""
