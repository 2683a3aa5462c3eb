"""What reaches somebody's inbox also goes out: by mail, to group robots and to webhooks (docs/adr/0028)."""
