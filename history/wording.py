"""Each event in words, English and Chinese, for people who read a history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.funnel import EvidenceWithdrawn, OverrideExpired
from domain.handoff import HandoffAccepted, HandoffReturned
from domain.implementation import DefectsCounted, ForecastMoved, MilestonesStopped, PaymentsToSettle, UnitsPlanned
from domain.implementation.plan_standing import cause_in_words
from domain.messages import Event, Name


def _name(en: str, zh: str) -> Name:
    return Name(en=en, zh=zh)


EVENT_NAMES: Mapping[str, Name] = {
    "CustomerRegistered": _name("customer registered", "客户登记"),
    "CustomerClassified": _name("value class decided", "客户价值分类"),
    "ContactRecorded": _name("contact with the customer", "客户联系"),
    "ContractSigned": _name("contract signed", "合同签订"),
    "ContractEnded": _name("contract ended with its cancelled project", "合同随项目取消而终止"),
    "CustomerActivated": _name("customer active", "成为有效客户"),
    "KeepContactPlanned": _name("next contact planned after a lost or cancelled deal", "丢单或取消后约定下次联系"),
    "ContactDue": _name("planned contact is due", "约定联系到期"),
    "ProjectOpened": _name("project opened", "项目立项"),
    "PhaseEntered": _name("project entered its next phase", "项目进入下一阶段"),
    "ProjectClosed": _name("project closed", "项目关闭"),
    "ProjectReopened": _name("project reopened", "项目重新打开"),
    "ProjectCancelled": _name("project cancelled", "项目取消"),
    "CompensationRecorded": _name("part of a cancelled project unwound", "取消项目的一部分已解除"),
    "CancellationCompleted": _name("cancellation completed", "项目取消已完成"),
    "PlaybookMoved": _name("moved to another playbook version", "迁移到另一版作业手册"),
    "PartUnwound": _name("ended with its cancelled project", "随项目取消而终止"),
    "ClocksReleased": _name("clocks released", "时钟恢复运行"),
    "FunnelOpened": _name("deal opened", "商机建立"),
    "EvidenceRecorded": _name("evidence recorded", "证据登记"),
    "EvidenceWithdrawn": _name("evidence withdrawn", "证据撤回"),
    "ApprovalRequested": _name("approval requested", "提请审批"),
    "ApprovalOverdue": _name("approval overdue", "审批超时"),
    "ApprovalEscalated": _name("approval escalated", "审批升级"),
    "ApprovalGiven": _name("approved", "审批通过"),
    "ApprovalRefused": _name("not approved", "审批未通过"),
    "ApprovalLapsed": _name("request for approval came to nothing", "审批请求失效"),
    "PriceQuoted": _name("price quoted", "报价"),
    "NextStepPlanned": _name("next step planned", "下一步计划"),
    "PromiseRecorded": _name("promise made to the customer", "对客户的承诺"),
    "PromiseKept": _name("promise kept", "承诺已兑现"),
    "PromiseChanged": _name("promise changed with the customer's consent", "承诺经客户同意变更"),
    "PromiseBroken": _name("promise broken", "承诺未兑现"),
    "PromiseOverdue": _name("promise overdue", "承诺逾期"),
    "PromiseReleased": _name("promise released", "承诺解除"),
    "PromiseReinstated": _name("promise binding again", "承诺恢复"),
    "StageAdvanced": _name("stage advanced", "阶段推进"),
    "GateOverridden": _name("gate overridden", "特批放行"),
    "OverrideSettled": _name("override settled: the evidence has come", "特批补齐"),
    "OverrideExpired": _name("override expired: the evidence is owed again", "特批到期"),
    "StagesSwapped": _name("stages taken in the other order", "阶段次序调换"),
    "StageReturned": _name("step back", "阶段退回"),
    "StageSkipped": _name("stage skipped", "阶段跳过"),
    "TaskRaised": _name("task for the owner", "负责人待办"),
    "StallEscalated": _name("stalled deal escalated", "停滞升级"),
    "DealReopened": _name("lost deal reopened", "丢单重启"),
    "DealCancelled": _name("deal ended with its cancelled project", "商机随项目取消"),
    "StageOverdue": _name("stage overdue", "阶段超时"),
    "DealStalled": _name("deal stalled", "商机停滞"),
    "DealWon": _name("deal won", "成交"),
    "DealLost": _name("deal lost", "丢单"),
    "DealShelved": _name("deal shelved", "商机搁置"),
    "RevisitDue": _name("revisit of the shelved deal is due", "搁置商机到重启日期"),
    "DealResumed": _name("deal taken up again", "商机重启"),
    "HandoffOpened": _name("handoff opened", "交接开始"),
    "HandoffOffered": _name("handoff offered", "交接提交"),
    "HandoffAccepted": _name("handoff accepted", "交接接收"),
    "HandoffReturned": _name("handoff returned", "交接退回"),
    "HandoffOverdue": _name("handoff overdue", "交接超时"),
    "ConditionMet": _name("condition of the acceptance met", "附加条件已满足"),
    "ConditionLapsed": _name("condition of the acceptance lapsed", "附加条件逾期"),
    "ConditionRescheduled": _name("condition of the acceptance dated anew", "附加条件改期"),
    "HandoffEscalated": _name("handoff escalated", "交接升级"),
    "EarlyStartAllowed": _name("early start allowed", "批准提前启动"),
    "EarlyWorkRecorded": _name("early work recorded", "提前启动工作登记"),
    "EarlyStartEnded": _name("early start over", "提前启动期满"),
    "HandoffCancelled": _name("handoff cancelled", "交接取消"),
    "ImplementationStarted": _name("implementation started", "实施启动"),
    "UnitsPlanned": _name("pilot and roll-out units planned", "试点与推广单元确定"),
    "PlanBaselined": _name("plan baselined", "计划基线确定"),
    "DeliverableSubmitted": _name("deliverable submitted", "交付物提交"),
    "MilestoneSignedOff": _name("milestone signed off", "里程碑签署"),
    "DeliverableReviewed": _name("deliverable reviewed", "交付物评审"),
    "DefectsCounted": _name("open defects counted", "未关闭缺陷统计"),
    "MilestoneOverridden": _name("milestone passed by an override", "里程碑特批放行"),
    "MilestoneOverrideExpired": _name("override of a milestone expired", "里程碑特批到期"),
    "PaymentFellDue": _name("payment fell due", "里程碑付款到期应付"),
    "PaymentReceived": _name("payment received", "收到付款"),
    "PaymentOverdue": _name("payment overdue", "付款逾期"),
    "MilestonesStopped": _name("open milestones stopped", "未完成里程碑终止"),
    "DeliverablesArchived": _name("deliverables archived", "交付物归档"),
    "LiveUnitsLeft": _name("live units left to agree on", "已上线单元待商定"),
    "PaymentsToSettle": _name("payments to be settled", "待结清款项"),
    "PaymentSettled": _name("payment settled", "款项结清"),
    "MilestoneOverdue": _name("milestone overdue", "里程碑逾期"),
    "ForecastMoved": _name("forecast moved", "预测日期变动"),
    "MilestoneReestimated": _name("milestone estimated anew", "里程碑重新估算"),
    "MilestoneHeld": _name("milestone on hold", "里程碑暂缓"),
    "DelayReported": _name("delay reported", "延误报告"),
    "ChangeRequested": _name("change order requested", "变更申请"),
    "ChangeApproved": _name("change order approved", "变更批准"),
    "ChangeRefused": _name("change order refused", "变更驳回"),
    "ChangeSigned": _name("change order signed by the customer", "客户签署变更"),
    "ChangeDeclined": _name("change order declined by the customer", "客户拒签变更"),
    "ChangeWithdrawn": _name("change order withdrawn", "变更撤回"),
    "ChangeOverdue": _name("answer to the change order overdue", "变更答复逾期"),
    "RiskRaised": _name("risk raised", "风险登记"),
    "RiskDue": _name("date of the risk has passed", "风险到期"),
    "RiskClosed": _name("risk closed", "风险关闭"),
    "IssueRaised": _name("issue raised", "问题登记"),
    "IssueOverdue": _name("issue overdue", "问题逾期"),
    "IssueResolved": _name("issue resolved", "问题解决"),
    "WentLive": _name("went live", "上线"),
    "ProjectAccepted": _name("project accepted by the customer", "项目验收"),
    "SupportStarted": _name("support started", "支持开始"),
    "RenewalWindowOpened": _name("renewal window opened", "续约窗口开启"),
    "ContractRenewed": _name("contract renewed", "合同续约"),
    "ContractLapsed": _name("contract lapsed", "合同失效"),
    "SupportEnded": _name("support ended", "支持终止"),
    "SatisfactionRecorded": _name("satisfaction recorded", "满意度登记"),
    "TicketOpened": _name("ticket opened", "工单建立"),
    "TicketAcknowledged": _name("ticket taken up", "工单受理"),
    "TicketAssigned": _name("ticket assigned", "工单分派"),
    "TicketEscalated": _name("ticket escalated", "工单升级"),
    "ClockPaused": _name("ticket waits", "工单挂起"),
    "ClockResumed": _name("ticket goes on", "工单恢复"),
    "TargetWarned": _name("ticket target nearly used up", "工单时限预警"),
    "TargetBreached": _name("ticket target missed", "工单超时"),
    "TargetEscalated": _name("missed ticket target: the next above is called", "工单超时升级"),
    "TargetsRedated": _name("ticket targets counted anew", "工单时限重新计算"),
    "TicketResolved": _name("ticket resolved", "工单解决"),
    "TicketReopened": _name("ticket reopened", "工单重开"),
    "TicketClosed": _name("ticket closed", "工单关闭"),
    "TicketCancelled": _name("ticket cancelled", "工单取消"),
}
"""What happened, by the stored type; complete for every event that there is (a test holds it so)."""

_PARTICULARS: Mapping[str, str] = {
    "CustomerRegistered": "{name}, {industry}",
    "CustomerClassified": "{value_class}",
    "ContactRecorded": "{channel}: {summary}",
    "ContractSigned": "{project}",
    "ContractEnded": "{project}: {reason}",
    "KeepContactPlanned": "{on}",
    "ProjectOpened": "{name}",
    "PhaseEntered": "{phase}",
    "ProjectClosed": "{outcome}",
    "ProjectCancelled": "{reason} ({approver}; {reference})",
    "CompensationRecorded": "{part}",
    "PlaybookMoved": "{from_} → {to}: {reason}",
    "PartUnwound": "{reason}",
    "FunnelOpened": "{stage}",
    "EvidenceRecorded": "{criterion}: {reference}",
    "ApprovalRequested": "{approval}: {subject}, {stage}, {role}",
    "ApprovalOverdue": "{approval}: {who}",
    "ApprovalEscalated": "{approval}: {to}",
    "ApprovalGiven": "{approval}: {role}",
    "ApprovalRefused": "{approval}: {reason}",
    "ApprovalLapsed": "{approval}",
    "PriceQuoted": "{quote}",
    "OverrideSettled": "{gate}",
    "StagesSwapped": "{left} → {entered}",
    "StageReturned": "{left} → {entered}: {reason}",
    "StageSkipped": "{left} → {entered}: {reason}",
    "TaskRaised": "{what}, {owner}",
    "StallEscalated": "{stage}: {to}",
    "DealReopened": "{stage}: {reason} ({approver})",
    "DealCancelled": "{stage}: {reason}",
    "NextStepPlanned": "{on}: {step}",
    "PromiseRecorded": "{promise}: {text}",
    "PromiseKept": "{promise}: {reference}",
    "PromiseChanged": "{promise}: {before} → {text}; {consented_by}: {consent}",
    "PromiseBroken": "{promise}: {reason}",
    "PromiseOverdue": "{promise}: {due_on}",
    "PromiseReleased": "{promise}: {reason}",
    "PromiseReinstated": "{promise}: {reason}",
    "StageAdvanced": "{left} → {entered}",
    "GateOverridden": "{stage}: {reason} ({approver}, until {expires_on})",
    "StageOverdue": "{stage}",
    "DealStalled": "{stage}",
    "DealLost": "{stage}: {reason}",
    "DealShelved": "{revisit_on}: {reason}",
    "DealResumed": "{stage}: {reason}",
    "HandoffOpened": "{kind}",
    "HandoffOffered": "round {round}",
    "HandoffAccepted": "round {round}",
    "HandoffReturned": "round {round}",
    "HandoffOverdue": "{who}",
    "ConditionMet": "{condition}",
    "ConditionLapsed": "{condition}",
    "ConditionRescheduled": "{condition}: {due_before} → {due_on}, {reason}",
    "HandoffEscalated": "{who} → {to}",
    "EarlyStartAllowed": "{days} days, {cost}: {reason}",
    "EarlyWorkRecorded": "{days} days, {cost}: {what}",
    "EarlyStartEnded": "{who}",
    "HandoffCancelled": "{status}: {reason}",
    "PlanBaselined": "version {plan_version}",
    "DeliverableSubmitted": "{milestone} {deliverable}",
    "MilestoneSignedOff": "{milestone}",
    "DeliverableReviewed": "{deliverable}: {verdict}",
    "MilestoneOverridden": "{milestone}: {reason} ({approver}, until {expires_on})",
    "MilestoneOverrideExpired": "{milestone}",
    "WentLive": "{unit}",
    "PaymentFellDue": "{milestone}: {percent} %, {due_on}",
    "PaymentReceived": "{milestone}: {reference}",
    "PaymentOverdue": "{milestone}: {due_on}",
    "PaymentSettled": "{milestone}: {how}",
    "MilestoneOverdue": "{milestone}",
    "MilestoneReestimated": "{milestone}: {before} → {days} working days: {reason}",
    "MilestoneHeld": "{milestone} until {until}: {reason}",
    "DelayReported": "{milestone} until {until}, {cause}: {reason}",
    "ChangeRequested": "{change}: {what}",
    "ChangeApproved": "{change}: {role}",
    "ChangeRefused": "{change}: {reason}",
    "ChangeSigned": "{change}: {signed_by}, {reference}",
    "ChangeDeclined": "{change}: {reason}",
    "ChangeWithdrawn": "{change}: {reason}",
    "ChangeOverdue": "{change}: {answer} by {who} → {escalated_to}",
    "RiskRaised": "{risk}: {text}",
    "RiskDue": "{risk}: {owner}",
    "RiskClosed": "{risk}: {how}",
    "IssueRaised": "{issue}: {text}",
    "IssueOverdue": "{issue}: {owner}",
    "IssueResolved": "{issue}: {how}",
    "RenewalWindowOpened": "{days} days before {notice_on}",
    "ContractRenewed": "until {ends_on}",
    "ContractLapsed": "{ended_on}",
    "SupportEnded": "{service_code}: {reason}",
    "SatisfactionRecorded": "{score} of 5",
    "TicketOpened": "{priority}: {title}",
    "TicketAssigned": "{to}, {line} line",
    "TicketEscalated": "{line}: {reason}",
    "ClockPaused": "{waiting_for}: {reason}",
    "TargetWarned": "{target}, {percent} %",
    "TargetBreached": "{target}",
    "TargetEscalated": "{target}, {percent} %: {who}",
    "TargetsRedated": "{cause}: {priority_before} → {priority}",
    "TicketResolved": "{solution}",
    "TicketReopened": "{reason}",
    "TicketCancelled": "{reason}",
}


def particulars(event: Event) -> str:
    """What is particular about this one, in a few words: the stage, the milestone, the reason; may be empty."""
    told = _PARTICULARS.get(event.type, "").format(**dict(event))
    match event:
        case EvidenceWithdrawn():
            return f"{', '.join(event.evidence)}: {event.reason}"
        case OverrideExpired():
            return f"{event.gate}: {', '.join(event.missing)}"
        case HandoffReturned():
            return "; ".join([told, *(f"{gap.item}: {gap.text}" for gap in event.gaps)])
        case HandoffAccepted():
            return "; ".join([told, *(f"by {one.due_on}: {one.text}" for one in event.conditions)])
        case UnitsPlanned():
            return ", ".join(f"{unit.name}{' (pilot)' if unit.pilot else ''}" for unit in event.units)
        case DefectsCounted():
            counted = ", ".join(f"severity {severity}: {count}" for severity, count in sorted(event.counts.items()))
            return f"{event.unit}: {counted}" if event.unit else counted
        case MilestonesStopped():
            return ", ".join(event.milestones)
        case ForecastMoved():
            return _moves(event)
        case PaymentsToSettle():
            return f"due: {', '.join(event.due) or '–'}; received: {', '.join(event.received) or '–'}"
        case _:
            return told


def _moves(event: ForecastMoved) -> str:
    """`delay 延误 M3: M3 2026-05-08 → 2026-05-20, M4 …`, with the farthest dates last."""
    told = [f"{one.milestone} {_date(one.before)} → {_date(one.after)}" for one in event.moved]
    return f"{cause_in_words(event.cause)}: {', '.join(told)}"


def _date(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "–"
