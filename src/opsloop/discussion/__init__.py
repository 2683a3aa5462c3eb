"""Talk about records: comments with mentions and reactions, attachments, who watches."""
