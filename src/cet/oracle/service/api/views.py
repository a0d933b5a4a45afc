"""What the API takes and gives, as OpenAPI publishes it. Masses are text, exact; times are seconds since 1970."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cet.oracle.service.states import Request, State

HEX_SIGNATURE = r"^0x([0-9a-fA-F]{2}){1,4096}$"


class RequestView(BaseModel):
    """A request and where it is. `reason` says why it is refused, differs or waits."""

    id: str
    organisation: str
    state: State
    participant: str
    verifier: str
    statement: str | None
    corrects: bool
    reason: str
    created: int
    changed: int

    @classmethod
    def of(cls, request: Request, *, lines_visible: bool = True) -> "RequestView":
        """`lines_visible=False` leaves out a reason, which may quote the package."""
        return cls(
            id=request.id,
            organisation=request.organisation,
            state=request.state,
            participant=request.participant,
            verifier=request.verifier,
            statement="0x" + request.statement if request.statement else None,
            corrects=request.corrects,
            reason=request.reason if lines_visible else "",
            created=request.created // 1_000,
            changed=request.changed // 1_000,
        )


class RequestDetail(RequestView):
    """A request with what its package gives."""

    signed: list[str]
    summary: dict[str, Any] | None


class ComparedLine(BaseModel):
    """A line on both sides. mg CO2e per lot the line goes into; claims in tonnes as printed in the package."""

    line: str
    asserted_mg: list[str]
    recomputed_mg: list[str]
    claimed_t: str
    recomputed_t: str
    claim_differs: bool
    differs: bool


class Comparison(BaseModel):
    """A page of compared lines; `differing` and `claims_that_differ` count over all of them."""

    total: int
    differing: int
    claims_that_differ: int
    lines: list[ComparedLine]


class OpinionBody(BaseModel):
    """A verifier's opinion: `coverage` in basis points of gross emissions."""

    model_config = ConfigDict(extra="forbid")

    standard: str = Field(min_length=1, max_length=32, examples=["ISO 14064-3"])
    level: Literal["limited", "reasonable"]
    coverage: int = Field(ge=0, le=10_000)


class SignatureBody(BaseModel):
    """A signature: the participant's assertion without `opinion`, the verifier's with the opinion it signed."""

    model_config = ConfigDict(extra="forbid")

    signature: str = Field(pattern=HEX_SIGNATURE)
    opinion: OpinionBody | None = None


class AttestationBody(BaseModel):
    """Another oracle's attestation of the request's statement."""

    model_config = ConfigDict(extra="forbid")

    signature: str = Field(pattern=HEX_SIGNATURE)


class Attestation(BaseModel):
    """This oracle's attestation of a statement it has recomputed."""

    oracle: str
    signature: str


class LogEntry(BaseModel):
    """What happened to a request, from the audit log."""

    seq: int
    at: int
    event: str
    detail: dict[str, Any]
    hash: str


class Problem(BaseModel):
    """What was wrong, and what would be right."""

    kind: str
    problem: str
    remedy: str


class Refusal(BaseModel):
    """The body of every answer that is an error."""

    error: Problem
