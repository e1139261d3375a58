"""The reference of C3: a handler that does nothing but answer, by FastAPI behind uvicorn (performance.md B and C).

Run as `python -m uvicorn limu.bench.decide_reference:application`."""

from fastapi import FastAPI

application = FastAPI()


@application.get("/{code}")
async def trivial(code: str) -> dict[str, str]:
    """Answer with what was asked."""
    return {"uscc": code}
