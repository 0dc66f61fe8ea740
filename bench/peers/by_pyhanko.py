"""Judges PDFs with pyHanko, in process, and signs some. Reads one JSON request per line, answers with one JSON line.

request: {"files": [path…], "roots": [path…], "seconds": at least so long, "profile": "basic" | "lta"}
answer:  {"judged": n, "passed": n, "seconds": wall clock, "cpuSeconds": of this process}

request: {"sign": [{"page": path, "key": path, "certificate": path, "issuers": [path…], "out": path}…]}
answer:  {"signed": n}
"""
import asyncio
import io
import json
import logging
import sys
import time

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, async_sign_pdf
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

logging.disable(logging.CRITICAL)


async def judge(data, roots, profile):
    reader = PdfFileReader(io.BytesIO(data))
    if profile == "lta":
        first = reader.embedded_regular_signatures[0]
        policy = CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=roots),
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
        )
        spec = PdfSignatureValidationSpec(SignatureValidationSpec(cert_validation_policy=policy))
        return (await ades_lta_validation(first, spec)).ades_subindic == AdESPassed.OK
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    results = [await async_validate_pdf_signature(one, context) for one in reader.embedded_regular_signatures]
    return all(result.bottom_line for result in results)


async def sign(documents):
    for one in documents:
        signer = SimpleSigner.load(one["key"], one["certificate"], ca_chain_files=one["issuers"])
        metadata = PdfSignatureMetadata(field_name="Sig1", subfilter=SigSeedSubFilter.PADES)
        with open(one["page"], "rb") as page, open(one["out"], "wb") as out:
            await async_sign_pdf(IncrementalPdfFileWriter(page), metadata, signer=signer, output=out)
    return {"signed": len(documents)}


async def answer(request):
    if "sign" in request:
        return await sign(request["sign"])
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
