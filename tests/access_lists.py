"""Lists of volunteering taken out as they are filtered, in the access matrix: whoever may see the list."""

_MODELS = (
    "account", "approval", "hold", "kinship", "lecturer", "outstatement", "project", "servicecertificate",
    "servicerecord", "shift", "shiftseries", "surrogatepairing", "talkbooking", "talkcampaign", "talktopic", "teamplan",
)  # fmt: skip

PAGES = {f"admin:volunteers_{model}_listed": (f"volunteers.view_{model}",) for model in _MODELS}
