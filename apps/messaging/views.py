"""Receipts of the SMS gateway: signed, small, and harmless when they come twice, late or out of order."""

import json
import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .channels.signing import SIGNATURE_HEADER, TIME_HEADER, is_signed
from .services import Receipt, take_receipt

LARGEST_RECEIPT = 8 * 1024


@csrf_exempt
@login_not_required
@require_POST
def sms_receipt(request):
    """200 known (again too), 400 not a receipt, 403 not signed by the gateway, 404 key unknown, 413 too large."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > LARGEST_RECEIPT:
        return HttpResponse(status=413)
    body = request.body
    signed = is_signed(
        settings.SMS_GATEWAY["secret"],
        request.headers.get(TIME_HEADER, ""),
        body,
        request.headers.get(SIGNATURE_HEADER, ""),
        now=time.time(),
    )
    if not signed:
        return HttpResponse(status=403)
    try:
        receipt = Receipt.parse(json.loads(body))
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    return JsonResponse({"known": True}) if take_receipt(receipt) else HttpResponse(status=404)
