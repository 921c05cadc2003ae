"""The deployed flow on a real Prefect server with a real worker: `make server`."""

# What DingTalk and WeCom want; Feishu has other words for the same.
DINGTALK = {"msgtype": "text", "text": {"content": "{{subject}}\n{{body}}"}}
