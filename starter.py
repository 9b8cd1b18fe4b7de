"""The command line: run everything on one machine, drive projects, show histories. `python starter.py --help`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

try:
    import typer
except ModuleNotFoundError:
    raise SystemExit(
        "This Python lacks what Throughline needs: run `make demo` or `make up` once, which set up .venv,"
        " and call `.venv/bin/python starter.py`."
    ) from None

from commandline.seam import carry_out

app = typer.Typer(
    name="starter.py",
    help="Throughline 贯通: customer projects from the first lead to support, as durable workflows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Each command imports its own module when it is called, so that `--help` and typing errors are answered at once.

MOMENT = (
    "A date (the end of that day) or a date and time; without an offset it is in the business's time zone, which the standard"
    " playbook names."
)

Json = Annotated[bool, typer.Option("--json", help="Answer with JSON, for programs.")]
After = Annotated[str | None, typer.Option("--after", metavar="PLACE", help="Go on where a page ended, as it says.")]


@app.command()
def up() -> None:
    """Run Temporal, the store, a worker and the API on this machine until Ctrl-C."""
    from commandline.up import up

    carry_out(up)


@app.command("do")
def do_commands(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON Lines, one command a line; - for standard input.")],
) -> None:
    """Carry out commands from a file, in order, each through its workflow; one JSON result a line."""
    from commandline.do import do

    carry_out(do, file)


@app.command()
def history(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="T", help=f"Only what had happened by then. {MOMENT}")] = None,
    known_at: Annotated[
        str | None, typer.Option("--known-at", metavar="T", help="Only what was on record by then; T as for --as-of.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell a customer's history, and the state that it adds up to."""
    from commandline.history import history

    carry_out(history, customer, as_of, known_at, as_json)


@app.command()
def why(project: Annotated[str, typer.Argument(metavar="PROJECT", help="The project's id.")], as_json: Json = False) -> None:
    """Explain where a project stands, what brought it there, what is missing, who must act by when."""
    from commandline.why import why

    carry_out(why, project, as_json)


@app.command()
def plan(
    named: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A plan's id, or a project's for its delivery plan; the list without one."),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="T", help="The plan as of a date, or a date and time (ISO 8601).")
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option("--compare", metavar="A B", help="Of a delivery plan, two versions: a baseline's number, or forecast."),
    ] = None,
    delivery: Annotated[
        bool, typer.Option("--delivery", help="The project's delivery plan, even if a plan has that id.")
    ] = False,
    kind: Annotated[
        Literal["industry", "customer", "project"] | None, typer.Option("--kind", help="Of the list: only this kind.")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="ID", help="Of the list: only this owner's.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="U", help="Of the list: only this unit's.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Of the list: only about it.")] = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="Of the list: only those with a gap.")] = False,
    every: Annotated[bool, typer.Option("--all/--open", help="Of the list: closed ones too, or open ones only.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are listed.")] = 50,
    after: After = None,
    as_json: Json = False,
) -> None:
    """List the industry, customer and project plans; or show one with targets, coverage, gaps, actions, reviews and its tree.

    A project's id shows its delivery plan: every baseline, the forecast of now, the critical path, what has moved each date."""
    from commandline.plans import list_plans, tell_plan
    from history.plans import PlansAsked

    if named is not None:
        carry_out(tell_plan, named, at, compare, delivery, as_json)
    if at is not None or compare is not None or delivery:
        raise typer.BadParameter("--at, --compare and --delivery are of one plan: give its id (the list is as of now).")
    closed = None if every else False
    asked = PlansAsked(closed=closed, kind=kind, owner=owner, unit=unit, customer=customer, gaps=gaps)
    carry_out(list_plans, asked, limit, after, as_json)


By = Literal[
    "stage",
    "owner",
    "unit",
    "class",
    "industry",
    "region",
    "group",
    "customer",
    "product_line",
    "service_line",
    "mode",
    "project",
]
TOLD_APART = typer.Option("--by", help="What the lines are told apart by.")
OF_UNIT = typer.Option("--unit", metavar="U", help="Only deals of this unit.")
OF_OWNER = typer.Option("--owner", metavar="ID", help="Only deals of this person.")
OF_CLASS = typer.Option("--class", metavar="V", help="Only deals of this value class.")
OF_INDUSTRY = typer.Option("--industry", metavar="I", help="Only deals of customers in this industry.")
OF_REGION = typer.Option("--region", metavar="R", help="Only deals of customers in this region.")
OF_GROUP = typer.Option("--group", metavar="C", help="Only deals of this customer and those below it in its group.")
OF_CUSTOMER = typer.Option("--customer", metavar="C", help="Only deals of this customer.")
OF_PRODUCT = typer.Option("--product-line", metavar="L", help="Only deals of this product line.")
OF_SERVICE = typer.Option("--service-line", metavar="L", help="Only deals of this service line.")
OF_MODE = typer.Option("--mode", metavar="M", help="Only deals of this business mode.")
AS_KNOWN = typer.Option("--known-at", metavar="T", help="Only what was on record by then; slow, it reads the whole log.")


@app.command("pipeline")
def show_pipeline(
    at: Annotated[str | None, typer.Option("--at", metavar="T", help=f"As it stood then. {MOMENT}")] = None,
    by: Annotated[By, TOLD_APART] = "stage",
    unit: Annotated[str | None, OF_UNIT] = None,
    owner: Annotated[str | None, OF_OWNER] = None,
    value_class: Annotated[str | None, OF_CLASS] = None,
    industry: Annotated[str | None, OF_INDUSTRY] = None,
    region: Annotated[str | None, OF_REGION] = None,
    group: Annotated[str | None, OF_GROUP] = None,
    customer: Annotated[str | None, OF_CUSTOMER] = None,
    product_line: Annotated[str | None, OF_PRODUCT] = None,
    service_line: Annotated[str | None, OF_SERVICE] = None,
    mode: Annotated[str | None, OF_MODE] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="The last day of what is expected; the end of the quarter.")
    ] = None,
    known_at: Annotated[str | None, AS_KNOWN] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many lines are shown.")] = 100,
    as_json: Json = False,
) -> None:
    """Show the open deals 商机储备 at any moment: how many, how much, weighted by win rate, expected, past due, stalled."""
    from commandline.pipeline import show_pipeline
    from history.counting import Scope

    scope = Scope(
        unit=unit,
        owner=owner,
        value_class=value_class,
        industry=industry,
        region=region,
        group=group,
        customer=customer,
        product_line=product_line,
        service_line=service_line,
        mode=mode,
    )
    carry_out(show_pipeline, by, scope, at, known_at, until, limit, as_json)


@app.command("forecast")
def show_forecast(
    on: Annotated[
        str | None,
        typer.Option("--on", "--at", metavar="T", help=f"As it stood then, and what came of it: the belief check. {MOMENT}"),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="The first day; the beginning of the quarter.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="The last day; the end of the quarter.")] = None,
    by: Annotated[By, TOLD_APART] = "owner",
    unit: Annotated[str | None, OF_UNIT] = None,
    owner: Annotated[str | None, OF_OWNER] = None,
    value_class: Annotated[str | None, OF_CLASS] = None,
    industry: Annotated[str | None, OF_INDUSTRY] = None,
    region: Annotated[str | None, OF_REGION] = None,
    group: Annotated[str | None, OF_GROUP] = None,
    customer: Annotated[str | None, OF_CUSTOMER] = None,
    product_line: Annotated[str | None, OF_PRODUCT] = None,
    service_line: Annotated[str | None, OF_SERVICE] = None,
    mode: Annotated[str | None, OF_MODE] = None,
    known_at: Annotated[str | None, AS_KNOWN] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many lines are shown.")] = 100,
    as_json: Json = False,
) -> None:
    """Show what a period is expected to bring 预测: won, committed, best case, weighted; of a past day also what came of it."""
    from commandline.forecast import show_forecast
    from history.counting import Scope

    scope = Scope(
        unit=unit,
        owner=owner,
        value_class=value_class,
        industry=industry,
        region=region,
        group=group,
        customer=customer,
        product_line=product_line,
        service_line=service_line,
        mode=mode,
    )
    carry_out(show_forecast, by, scope, on, known_at, since, until, limit, as_json)


@app.command("overrides")
def list_overrides(
    approver: Annotated[
        str | None, typer.Option("--approver", metavar="ID", help="Only those that this person let pass.")
    ] = None,
    asked_by: Annotated[
        str | None, typer.Option("--asked-by", metavar="ID", help="Only those that this person wanted.")
    ] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="Only those of this project.")] = None,
    outcome: Annotated[
        Literal["open", "settled", "expired"] | None, typer.Option("--outcome", help="Only those of which this has become.")
    ] = None,
    by: Annotated[Literal["approver", "asked_by"], typer.Option("--by", help="Whose overrides are counted.")] = "approver",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are listed; all are counted.")] = 50,
    as_json: Json = False,
) -> None:
    """List the gates that were passed by an override, and count them by person and by what became of them."""
    from commandline.overrides import list_overrides

    asked = {"approver": approver, "asked_by": asked_by, "project": project, "outcome": outcome}
    carry_out(list_overrides, asked, limit, by, as_json)


@app.command("requests")
def list_requests(
    named: Annotated[str | None, typer.Argument(metavar="[ID]", help="A request's id; the list without one.")] = None,
    every: Annotated[bool, typer.Option("--all/--open", help="Answered and delivered ones too, or open ones only.")] = False,
    product_line: Annotated[str | None, typer.Option("--line", metavar="L", help="Only those of this product line.")] = None,
    division: Annotated[str | None, typer.Option("--division", metavar="U", help="Only those that this unit answers.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only those that it stands behind.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that are late.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are listed.")] = 50,
    after: After = None,
    as_json: Json = False,
) -> None:
    """List product requests 产品需求, the next due first, with who and what money stands behind each; or show one."""
    from commandline.requests import list_requests, tell_request
    from history.requests import Asked

    if named is not None:
        carry_out(tell_request, named, as_json)
    asked = Asked(
        open=None if every else True, product_line=product_line, division=division, customer=customer, overdue=overdue
    )
    carry_out(list_requests, asked, limit, after, as_json)


@app.command("enablements")
def list_enablements(
    unit: Annotated[str | None, typer.Option("--unit", metavar="U", help="Only those of this unit.")] = None,
    product_line: Annotated[str | None, typer.Option("--line", metavar="L", help="Only those of this product line.")] = None,
    expiring: Annotated[bool, typer.Option("--expiring", help="Only those whose end is announced, or over.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are listed.")] = 50,
    after: After = None,
    as_json: Json = False,
) -> None:
    """List which unit may sell which product line 赋能, until when, and how many deals wait for it."""
    from commandline.requests import list_enablements
    from history.enablements import Asked

    carry_out(list_enablements, Asked(unit=unit, product_line=product_line, expiring=expiring), limit, after, as_json)


@app.command("modes")
def list_modes(as_json: Json = False) -> None:
    """List the business modes 经营模式: whom each serves and with what, and how many customers and projects are in it."""
    from commandline.modes import list_modes

    carry_out(list_modes, as_json)


@app.command("tickets")
def list_tickets(
    every: Annotated[bool, typer.Option("--all/--open", help="Closed and cancelled ones too, or open ones only.")] = False,
    due_within: Annotated[
        float | None,
        typer.Option("--due-within", metavar="H", min=0, max=100_000, help="Only those late, or due within H hours from now."),
    ] = None,
    breached: Annotated[bool, typer.Option("--breached", help="Only those that have missed a target.")] = False,
    unit: Annotated[str | None, typer.Option("--unit", metavar="U", help="Only those of this unit.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only those of this customer.")] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="Only those of this project.")] = None,
    line: Annotated[
        str | None, typer.Option("--line", metavar="L", help="Only those that this line has: first, second …")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are listed.")] = 50,
    as_json: Json = False,
) -> None:
    """List tickets, the next due first: where each stands, who acts, by when, and how much of its target is used up."""
    from commandline.tickets import list_tickets
    from history.desk import Asked

    asked = Asked(
        open=None if every else True,
        due_within=due_within,
        breached=breached,
        unit=unit,
        customer=customer,
        project=project,
        line=line,
    )
    carry_out(list_tickets, asked, limit, as_json)


@app.command()
def ticket(ticket: Annotated[str, typer.Argument(metavar="TICKET", help="The ticket's id.")], as_json: Json = False) -> None:
    """Tell one ticket's story: each event, the clock of each target, who had it, what is missing, who must act by when."""
    from commandline.tickets import tell_ticket

    carry_out(tell_ticket, ticket, as_json)


@app.command("customers")
def list_customers(
    status: Annotated[
        Literal["potential", "active", "dormant", "invalid"] | None, typer.Option("--status", help="Only those that stand so.")
    ] = None,
    step: Annotated[Literal["cooling"] | None, typer.Option("--step", help="Only those at this step of the ladder.")] = None,
    value_class: Annotated[str | None, typer.Option("--class", metavar="V", help="Only those of this value class.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="ID", help="Only those of this person.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="U", help="Only those of this unit.")] = None,
    industry: Annotated[str | None, typer.Option("--industry", metavar="I", help="Only those of this industry.")] = None,
    region: Annotated[str | None, typer.Option("--region", metavar="R", help="Only those of this region.")] = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="C", help="Only this customer and those below it in its group.")
    ] = None,
    asleep_within: Annotated[
        float | None,
        typer.Option(
            "--asleep-within", metavar="DAYS", min=0, max=36_500, help="Only those that go dormant by then if nothing is heard."
        ),
    ] = None,
    needs_person: Annotated[bool, typer.Option("--needs-person", help="Only those that need a person now.")] = False,
    search: Annotated[str | None, typer.Option("--search", metavar="TEXT", help="Some letters of the id or the name.")] = None,
    merged: Annotated[bool, typer.Option("--merged", help="Also those that went into another.")] = False,
    sort: Annotated[
        Literal["next", "contact", "since", "revenue", "name", "customer"],
        typer.Option("--sort", help="By the next ladder date, the last contact, the last change of state …"),
    ] = "next",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are listed; all are counted.")] = 50,
    after: After = None,
    as_json: Json = False,
) -> None:
    """List customers: where each stands, what comes next on the ladder and when, its open deals, and who must act."""
    from commandline.customers import list_customers
    from history.customers import Asked

    asked = Asked(
        status=status,
        step=step,
        value_class=value_class,
        owner=owner,
        unit=unit,
        industry=industry,
        region=region,
        group=group,
        asleep_within=asleep_within,
        needs_person=needs_person,
        search=search,
        merged=merged,
    )
    carry_out(list_customers, asked, sort, limit, after, as_json)


@app.command("customer")
def tell_customer(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="T", help=f"As it was then. {MOMENT}")] = None,
    dossier: Annotated[
        bool, typer.Option("--dossier", help="All that a successor must know: deals, promises, the power map over time.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell one customer on one page: class, states over the years and why, what lies ahead, projects, plans, contacts."""
    from commandline.customer_page import tell_customer
    from commandline.dossier import tell_dossier

    carry_out(tell_dossier if dossier else tell_customer, customer, as_of, as_json)


@app.command("commands")
def list_commands(as_json: Json = False) -> None:
    """List the commands that there are, with their JSON Schemas."""
    from commandline.commands import commands

    carry_out(commands, as_json)


@app.command()
def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Compare only; exit 1 when something differs.")] = False,
) -> None:
    """Rebuild the read models from the events."""
    from commandline.upkeep import rebuild

    carry_out(rebuild, check)


@app.command()
def recover() -> None:
    """Start again every open workflow that Temporal no longer knows, from its stream."""
    from commandline.upkeep import recover

    carry_out(recover)


@app.command()
def verify() -> None:
    """Check the integrity of the store, from the first event to the last."""
    from commandline.upkeep import verify

    carry_out(verify)


@app.command()
def cost(project: Annotated[str, typer.Argument(metavar="PROJECT", help="The project's id.")], as_json: Json = False) -> None:
    """Count the Temporal actions and history events that a project has used."""
    from commandline.cost import cost

    carry_out(cost, project, as_json)


@app.command()
def demo(as_json: Json = False) -> None:
    """Let the sample portfolio live its whole life on this machine, and tell the story of one customer."""
    from commandline.demo import demo

    carry_out(demo, as_json)


telling = typer.Typer(help="What people were told, what is owed to them, and the dead letters.")
app.add_typer(telling, name="notices")


@telling.callback(invoke_without_command=True)
def list_notices(
    context: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="Only dead letters: tried and given up.")] = False,
    status: Annotated[
        Literal["owed", "sending", "sent", "dead", "suppressed"] | None, typer.Option("--status", help="Only those.")
    ] = None,
    recipient: Annotated[
        str | None, typer.Option("--to", metavar="WHO", help="Only those to this staff id or role@unit.")
    ] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="P", help="Only those of this project.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are listed; all are counted.")] = 50,
    as_json: Json = False,
) -> None:
    """List what people were told, the newest first, and count it by status; `notices send` sends dead letters again."""
    if context.invoked_subcommand is not None:
        return
    from commandline.notices import list_notices

    asked = {"status": "dead" if dead else status, "recipient": recipient, "project": project}
    carry_out(list_notices, asked, limit, as_json)


@telling.command("send")
def send_notices(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Dead letters, or notices too old to tell.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All dead letters.")] = False,
) -> None:
    """Send notices again that were given up or not told, through their workflows; exit 1 when one of them is not there."""
    from commandline.notices import send

    if not ids and not dead:
        raise typer.BadParameter("give the ids of notices, or --dead for all dead letters")
    carry_out(send, ids or [], dead)


waking = typer.Typer(help="Reactivations of sleeping customers 客户唤醒: the list, the effect, and whom to wake next.")
app.add_typer(waking, name="reactivations")
ClassAsked = Annotated[str | None, typer.Option("--class", metavar="CODE", help="Only those of this value class.")]


@waking.callback(invoke_without_command=True)
def list_reactivations(
    context: typer.Context,
    every: Annotated[
        bool, typer.Option("--all/--open", help="Those left alone, watched and ended too, or those worked on only.")
    ] = False,
    value_class: ClassAsked = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only those of this customer.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="ID", help="Only those that this person runs.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="ID", help="Only those of this unit.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those with a step overdue.")] = False,
    effect: Annotated[
        bool, typer.Option("--effect", help="The effect against those left alone, with its uncertainty.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are listed.")] = 50,
    after: After = None,
    as_json: Json = False,
) -> None:
    """List reactivations, the next due first; or show their effect, by value class and over all."""
    if context.invoked_subcommand is not None:
        return
    from commandline.reactivations import list_reactivations, show_effect
    from history.reactivations import Asked

    if effect:
        carry_out(show_effect, value_class, as_json)
    asked = Asked(open=not every, value_class=value_class, customer=customer, owner=owner, unit=unit, overdue=overdue)
    carry_out(list_reactivations, asked, limit, after, as_json)


@waking.command("choose")
def choose_reactivations(
    value_class: ClassAsked = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many at the most.")] = 20,
    cooling: Annotated[bool, typer.Option("--cooling", help="Those that are cooling instead of dormant ones.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why they are woken.")] = "longest asleep 休眠最久",
    by: Annotated[str | None, typer.Option("--by", metavar="ID", help="Who begins them; only a look without it.")] = None,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="In which role.")] = "sales",
    as_json: Json = False,
) -> None:
    """Begin the reactivation of those that sleep longest, each by a command of its own; some are drawn to be left alone."""
    from commandline.reactivations import choose

    who = (by, role) if by is not None else None
    carry_out(choose, value_class, limit, "cooling" if cooling else "dormant", reason, who, as_json)


@app.command("recoveries")
def list_recoveries(
    every: Annotated[bool, typer.Option("--all/--open", help="Those that have ended too, or open ones only.")] = False,
    value_class: ClassAsked = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only those of this customer.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="ID", help="Only those of this owner.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="ID", help="Only those of this unit.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those with something overdue.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many are listed.")] = 50,
    after: After = None,
    as_json: Json = False,
) -> None:
    """List the recoveries of lost deals 丢单挽回, the next due first."""
    from commandline.reactivations import list_recoveries
    from history.reactivations import Asked

    asked = Asked(open=not every, value_class=value_class, customer=customer, owner=owner, unit=unit, overdue=overdue)
    carry_out(list_recoveries, asked, limit, after, as_json)


importing = typer.Typer(help="Bring real exports in, through the same commands.", no_args_is_help=True)
app.add_typer(importing, name="import")


@importing.callback()
def _importing() -> None:
    """Bring real exports in, through the same commands."""


@importing.command("crm")
def import_crm(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the CRM's exported files.")],
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="Take only the first N rows.")] = None,
) -> None:
    """Import customers and deals from a CRM's export; run twice, it changes nothing the second time."""
    from commandline.importing import crm

    carry_out(crm, directory, limit)


@importing.command("tickets")
def import_tickets(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The incident log: a CSV file, one row for each update.")],
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="Take only the first N tickets.")] = None,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="C", help="Whose tickets they are; one is made for the log if left out.")
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option("--time-zone", metavar="ZONE", help="Of moments without an offset; the playbook's if left out."),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="How the log is read, if its header is not known.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Import tickets from another desk's incident log; run twice, it changes nothing the second time."""
    from commandline.importing_tickets import tickets

    carry_out(tickets, file, limit, customer, time_zone, mapping, as_json)


playbooks = typer.Typer(help="The process as data: its versions, and moving open projects to another.", no_args_is_help=True)
app.add_typer(playbooks, name="playbook")


@playbooks.command("list")
def playbook_list(as_json: Json = False) -> None:
    """List every playbook version, whom it serves, and how many open projects live under it."""
    from commandline.playbook import listing

    carry_out(listing, as_json)


@playbooks.command("move")
def playbook_move(
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="VERSION", help="standard@2026.4; else each to the newest version of its own playbook."),
    ] = None,
    project: Annotated[list[str] | None, typer.Option("--project", metavar="P", help="Only this one; may be repeated.")] = None,
    customer: Annotated[
        list[str] | None,
        typer.Option("--customer", metavar="C", help="Only this one, with all its open work; may be repeated."),
    ] = None,
    stage_map: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="Where work stands whose stage is not there; may be repeated."),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; is recorded with each move.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="ID", help="Your staff id.")] = None,
    role: Annotated[str, typer.Option("--role", help="Your role.")] = "",
    customers: Annotated[
        bool,
        typer.Option("--customers", help="Every customer and nothing else, many at a time: a policy change for all of them."),
    ] = False,
    value_class: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="CLASS", help="With --customers: only of this value class; may be repeated."),
    ] = None,
    rate: Annotated[
        float, typer.Option("--rate", min=0.1, help="With --customers: workflows that are woken in a second, at most.")
    ] = 50.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, one by one; move none.")] = False,
    as_json: Json = False,
) -> None:
    """Move open projects, tickets, escalations and customers to another playbook version; exit 1 when one is refused.

    Look first with --dry-run."""
    if customers and (project or customer or stage_map):
        raise typer.BadParameter("--customers is for all of them: leave out --project, --customer and --map.")
    if value_class and not customers:
        raise typer.BadParameter("--class narrows --customers; without that, name what is moved: --project or --customer.")
    if customers:
        from commandline.policy_change import change_policy

        carry_out(change_policy, to, value_class or [], rate, reason, actor, role, dry_run, as_json)
    from commandline.playbook import move

    carry_out(move, to, project or [], customer or [], stage_map or [], reason, actor, role, dry_run, as_json)


deploying = typer.Typer(help="Builds of the worker: which does the work, and moving work to a new one.", no_args_is_help=True)
app.add_typer(deploying, name="deployment")


@deploying.command("status")
def deployment_status(as_json: Json = False) -> None:
    """Show the builds, which is current, and how many open workflows sit on each."""
    from commandline.deployment import status

    carry_out(status, as_json)


@deploying.command("types")
def deployment_types(as_json: Json = False) -> None:
    """Show what becomes of running work of each workflow type when a build becomes current, and why."""
    from commandline.deployment import types

    carry_out(types, as_json)


@deploying.command("check")
def deployment_check() -> None:
    """Replay every open workflow with this program's code, before it becomes current; exit 1 when one does not replay."""
    from commandline.deployment import check

    carry_out(check)


@deploying.command("promote")
def deployment_promote(
    build: Annotated[
        str | None,
        typer.Argument(metavar="BUILD", help="The build id, else THROUGHLINE_BUILD_ID; `unversioned`: workers without one."),
    ] = None,
    percent: Annotated[float | None, typer.Option("--percent", min=0, max=100, help="Give it only this part at first.")] = None,
) -> None:
    """Make a build current: every open workflow goes on with it by its next command or clock."""
    from commandline.deployment import promote

    carry_out(promote, build, percent)


@deploying.command("campaign")
def deployment_campaign() -> None:
    """Move what sleeps on other builds to the current one now; may be repeated. Exit 1 when one stays."""
    from commandline.deployment import campaign

    carry_out(campaign)


if __name__ == "__main__":
    app()
