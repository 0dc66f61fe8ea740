"""Judges PDFs with pyHanko, in process. Reads one JSON request per line, answers with one JSON line.

request: {"files": [path…], "roots": [path…], "seconds": at least so long, "profile": "basic" | "lta"}
answer:  {"judged": n, "passed": n, "seconds": wall clock, "cpuSeconds": of this process}
"""
import asyncio
import io
import json
import logging
import sys
import time

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_ltv_signature
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.ltv import RevocationInfoValidationType
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


async def judge(data, roots, profile):
    reader = PdfFileReader(io.BytesIO(data))
    if profile == "lta":
        first = reader.embedded_regular_signatures[0]
        kind = RevocationInfoValidationType.PADES_LTA
        kwargs = {"trust_roots": roots, "allow_fetching": False}
        return (await async_validate_pdf_ltv_signature(first, kind, validation_context_kwargs=kwargs)).bottom_line
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    results = [await async_validate_pdf_signature(one, context) for one in reader.embedded_regular_signatures]
    return all(result.bottom_line for result in results)


async def answer(request):
    roots = list(load_certs_from_pemder(request["roots"]))
    documents = [open(file, "rb").read() for file in request["files"]]
    judged = passed = 0
    began, began_cpu = time.perf_counter(), time.process_time()
    while judged == 0 or time.perf_counter() - began < request["seconds"]:
        passed += await judge(documents[judged % len(documents)], roots, request["profile"])
        judged += 1
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - began_cpu
    return {"judged": judged, "passed": passed, "seconds": seconds, "cpuSeconds": cpu_seconds}


async def main():
    for line in sys.stdin:
        print(json.dumps(await answer(json.loads(line))), flush=True)


asyncio.run(main())
