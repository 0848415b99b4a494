"""Faults, chains, services, users, actions: the page's commands as requests.

The cluster itself checks what is said, so that a websocket and a request get the same answer; the
schemas here say what may be said. (They are pydantic's own: ninja's drop unknown fields unseen.)
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from lab.web.api.application import answer
from lab.web.api.found import answer_found, ask_found
from lab.web.errors import Problem

router = Router(tags=["steering"])


class _Passed(BaseModel):
    """Fields that are not named here go to the cluster, which says what it knows instead."""

    model_config = ConfigDict(extra="allow")

    def as_command(self, name: str, **in_address: str) -> dict[str, Any]:
        """Return the command; what the address says already, the body may not say again."""
        said = self.model_dump(exclude_unset=True)
        given = {**in_address, "command": name}
        for field in said.keys() & given.keys():
            raise Problem(
                "unknown_field",
                "the address says this, not the body",
                field=field,
                hint="leave it out",
            )
        return {**said, **given}


class Fault(_Passed):
    """A fault to inject; GET /catalogue lists kinds, targets and parameters."""

    kind: str = Field(examples=["hang"])
    target: str = Field(examples=["payments-1"])
    params: dict[str, Any] = Field(default_factory=dict)
    after_s: float = Field(0.0, description="Begin so much later.")
    duration_s: float | None = Field(None, description="End by itself after so long.")


class Service(_Passed):
    """What to change of a service; what is not named stays."""

    replicas: int | None = None
    capacity: int | None = Field(None, description="Requests in work at once.")
    queue: int | None = Field(None, description="Requests that may wait; null is no bound.")
    health: dict[str, Any] | None = None
    restart: dict[str, Any] | None = None
    guards: dict[str, Any] | None = Field(
        None, examples=[{"codel": {"enabled": True}}], description="Guards by name; see /catalogue."
    )


class Users(_Passed):
    """What to change of the load; what is not named stays."""

    rate_per_s: float | None = None
    mix: list[dict[str, Any]] | None = None
    max_in_flight: int | None = None
    patience_s: float | None = None


@router.get("/labs/{lab_id}/faults")
async def list_faults(request: HttpRequest, lab_id: str) -> HttpResponse:
    """List the faults that are scheduled or active."""
    state = (await ask_found(request, lab_id, {"command": "state"})).plain()
    return answer({"faults": state["faults"]})


@router.post("/labs/{lab_id}/faults")
async def inject_fault(request: HttpRequest, lab_id: str, body: Fault) -> HttpResponse:
    """Break something on purpose. 201 once the workers have obeyed. Not idempotent."""
    command = body.as_command("inject_fault")
    return await answer_found(request, lab_id, command, status=201)


@router.delete("/labs/{lab_id}/faults/{fault}")
async def heal_fault(request: HttpRequest, lab_id: str, fault: str) -> HttpResponse:
    """End a fault; 404 if it is over already, which changes nothing."""
    command = {"command": "heal_fault", "fault": fault}
    return await answer_found(request, lab_id, command, in_path=("fault",))


@router.get("/labs/{lab_id}/dependencies/{dependency}/chain")
async def read_chain(request: HttpRequest, lab_id: str, dependency: str) -> HttpResponse:
    """Return the chain of ``caller:callee``, the outermost pattern first."""
    state = (await ask_found(request, lab_id, {"command": "state"})).plain()
    chains = {each["name"]: each["chain"] for each in state["dependencies"]}
    if dependency not in chains:
        raise Problem(
            "not_found",
            f"there is no dependency named {dependency!r}",
            field="dependency",
            hint=f"there are: {', '.join(chains)}",
        )
    return answer(chains[dependency])


@router.put("/labs/{lab_id}/dependencies/{dependency}/chain")
async def set_chain(
    request: HttpRequest, lab_id: str, dependency: str, chain: list[dict[str, Any]]
) -> HttpResponse:
    """Replace the chain of ``caller:callee`` while it runs. Idempotent."""
    command = {"command": "set_chain", "dependency": dependency, "chain": chain}
    return await answer_found(request, lab_id, command, in_path=("dependency",))


@router.patch("/labs/{lab_id}/services/{name}")
async def set_service(request: HttpRequest, lab_id: str, name: str, body: Service) -> HttpResponse:
    """Change how a service is run. Idempotent."""
    command = body.as_command("set_service", service=name)
    return await answer_found(request, lab_id, command, in_path=("service",))


@router.patch("/labs/{lab_id}/users")
async def set_users(request: HttpRequest, lab_id: str, body: Users) -> HttpResponse:
    """Change the load. Idempotent."""
    command = body.as_command("set_users")
    return await answer_found(request, lab_id, command)


@router.post("/labs/{lab_id}/services/{name}/{action}")
async def act(request: HttpRequest, lab_id: str, name: str, action: str) -> HttpResponse:
    """Do ``action`` (restart) to a service or one of its instances. Not idempotent."""
    command = {"command": "act", "target": name, "action": action}
    return await answer_found(request, lab_id, command, in_path=("target",))
