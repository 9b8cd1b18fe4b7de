"""Large customers 大型客户: strategic, VIP and other large ones. None of them exists."""

from __future__ import annotations

from sample import knowing
from sample.lives import Life, cny
from sample.moments import Moments


def lanjiang(moments: Moments) -> Life:
    """Strategic. One system in its renewal window with tickets of today; the next one late at its blueprint."""
    life = Life(moments, "C901", seller="s11", unit="key-accounts")
    life.registered(
        372,
        name="澜江重工集团 Lanjiang Heavy Industries",
        industry="heavy machinery 重型机械",
        region="沈阳 Shenyang",
        revenue="38_600_000_000",
        contact=("周启衡 Zhou Qiheng", "CIO 信息中心主任"),
    )
    life.classified(
        371, "strategic", "Top five of its industry; five-year IT plan made with us 行业前五，五年信息化规划由我方参与编制"
    )

    shared = life.project(370, "P901", "集团财务共享 Group finance shared services", product_line="finance", amount="6_800_000")
    shared.notes(
        need_in_customers_words="“四十七家子公司的账，月底对不上。” 47 subsidiaries, and the books never match at month-end.",
        budget="CNY 6.5–7.0 M, group IT budget, approved by the board 集团信息化预算，董事会已批",
        competitors="Hengsuan Software 衡算软件; Yunji Data 云霁数据",
    )
    shared.passed(F1=366, F2=356)
    shared.promised(352, "close-in-3-days", "date", "Month-end close within three days after go-live 上线后三天内完成月结")
    shared.passed(F3=346, F4=338, F5=331, F6=327)
    shared.offered(326)
    shared.accepted(325)
    shared.signed(M1=316, M2=292, M3=251, M4=236, M5=231, M6=202)
    shared.kept(205, "close-in-3-days", "P901-close-minutes.pdf")
    shared.supported(200, 198, ends_in=80, fee="680_000")
    shared.satisfaction(196, 5, "go_live", "月结从九天缩短到三天 The month-end close went from nine days to three")
    shared.renewal_step(14, "service_review", "P901-service-review.pdf", "support")
    shared.renewal_step(12, "renewal_intent", "mail of the CIO: we stay 客户回函：续约")

    closed = life.ticket(
        moments.at(120, "09:15"),
        "T901",
        "合并报表抵销分录重复 Consolidation posts an elimination twice",
        impact="high",
        urgency="medium",
        project="P901",
    )
    closed.taken(moments.at(120, "09:30"))
    closed.resolved(moments.at(120, "14:40"), "Rule 17 matched twice; corrected and re-run 规则17重复匹配，已更正并重跑")
    closed.closed(moments.at(119, "10:05"), "C901-finance", 5)
    limit = moments.playbook.support.target("P3").resolve
    opened = moments.before(minutes=limit * 0.93)
    near = life.ticket(
        opened,
        "T902",
        "银企直连回单延迟 Bank receipts arrive hours late",
        impact="high",
        urgency="low",
        project="P901",
        kind="problem",
        product="finance",
        category="interfaces",
    )
    near.taken(moments.before(minutes=limit * 0.88))
    near.escalated(moments.before(minutes=limit * 0.5), "second", "Queue of the bank link is full 银企直连队列积压")
    life.ticket(
        moments.before(minutes=8),
        "T903",
        "两名出纳无法登录 Two cashiers cannot log in",
        impact="medium",
        urgency="high",
        project="P901",
    )

    chain = life.project(150, "P902", "供应链协同 Supply-chain collaboration", product_line="supply chain", amount="9_200_000")
    chain.notes(
        need_in_customers_words="“三百家供应商，还在用微信群催货。” 300 suppliers, and we chase parts in chat groups.",
        power_map="Purchasing vice-president decides, CIO supports 采购副总拍板，信息中心主任支持",
    )
    chain.passed(F1=146, F2=132, F3=115)
    chain.promised(112, "top-50-first", "scope", "The fifty largest suppliers are connected first 首批上线五十家核心供应商")
    chain.passed(F4=100, F5=76, F6=66)
    chain.offered(65)
    chain.accepted(63)
    chain.signed(M1=54)
    chain.estimated(48, "M2", 30, "Two plants more to study than the scope says 调研比范围多两家工厂")
    chain.risk(47, "P902-data", "Material codes differ between the plants 各工厂物料编码不一致", in_days=14)
    chain.plan_changed(
        40,
        "P902-CR1",
        "Interface to the plants' scales 地磅接口",
        "Asked for by the steering committee 指导委员会提出",
        scope="one interface more 增加一个接口",
        days={"M3": 8},
        cost=cny("120_000"),
    )
    chain.submitted(30, "M2", "blueprint_needs_report", "solution")
    knowing.contract(life, 50, "C901-training", "training", "480_000", ends_in=300)
    knowing.subsidiary(life, 45, "C917", "澜江铸造 Lanjiang Casting", "foundries 铸造", "88_000_000")
    return life


def dongling(moments: Moments) -> Life:
    """VIP, state-owned. One project went live two days ago; an older one is in support, its ticket waits for the customer."""
    life = Life(moments, "C902", seller="s12", unit="key-accounts")
    life.registered(
        360,
        name="东岭能源投资集团 Dongling Energy Investment",
        industry="power generation 发电",
        region="太原 Taiyuan",
        revenue="21_400_000_000",
        contact=("贺兰舟 He Lanzhou", "deputy chief accountant 副总会计师"),
    )
    life.classified(359, "vip", "Owned by the province; treasury centre required by policy 省属国企，司库建设为政策要求")

    budget = life.project(356, "P903", "全面预算管理 Enterprise budgeting", product_line="finance", amount="3_100_000")
    budget.passed(F1=350, F2=341, F3=333, F4=323, F5=314, F6=308)
    budget.offered(307)
    budget.accepted(305)
    budget.signed(M1=296, M2=272, M3=231, M4=217, M5=211, M6=182)
    budget.supported(180, 178, ends_in=480, fee="310_000")
    budget.satisfaction(176, 4, "go_live", "预算编制由两个月缩短到三周 Budgeting takes three weeks instead of two months")
    waiting = life.ticket(
        moments.at(3, "10:20"),
        "T904",
        "预算调整单审批人缺失 Budget transfer finds no approver",
        impact="medium",
        urgency="medium",
        project="P903",
    )
    waiting.taken(moments.at(3, "10:35"))
    waiting.waits(moments.at(3, "11:40"), "customer", "New organisation chart is needed 待客户提供新的组织架构")

    _one_outage_three_reports(life)

    treasury = life.project(200, "P904", "司库管理 Group treasury", product_line="treasury", amount="4_500_000")
    treasury.notes(
        approval_or_budget_paper="Resolution of the provincial assets office 省国资委批复",
        decision_criteria="Every account visible by the end of the year 年底前账户全部可视",
    )
    treasury.passed(F1=194, F2=180, F3=163)
    treasury.promised(160, "all-accounts", "scope", "All 213 bank accounts are visible at go-live 上线即实现213个账户全可视")
    treasury.passed(F4=150, F5=120, F6=100)
    treasury.offered(99)
    treasury.accepted(97)
    treasury.signed(M1=88, M2=63, M3=23, M4=8, M5=2)
    treasury.changed(
        21,
        "all-accounts",
        "205 bank accounts are visible at go-live, the 8 of the closed branches are not 上线可视205个账户，已撤销网点的8个除外",
        consent="P903-accounts-minutes.pdf",
        by="C902-treasurer",
    )
    return life


def _one_outage_three_reports(life: Life) -> None:
    """A major incident of this hour, and the two tickets that are parts of it."""
    moments = life.moments
    outage = life.ticket(
        moments.before(minutes=26),
        "T908",
        "预算系统无法访问 Budgeting cannot be reached",
        impact="high",
        urgency="high",
        project="P903",
        product="finance",
        category="availability",
    )
    outage.taken(moments.before(minutes=24))
    for minutes, ticket, title in (
        (19, "T909", "编制模板打不开 Planning templates do not open"),
        (15, "T910", "审批流无响应 Approvals do not answer"),
    ):
        part = life.ticket(
            moments.before(minutes=minutes), ticket, title, impact="medium", urgency="high", project="P903", parent="T908"
        )
        part.taken(moments.before(minutes=minutes - 2))


def qiyue(moments: Moments) -> Life:
    """Other large. A deal before the customer's own approval; a supported system with a breached ticket."""
    life = Life(moments, "C903", seller="s21", unit="retail-industry")
    life.registered(
        365,
        name="启岳连锁零售 Qiyue Retail Chain",
        industry="retail 零售",
        region="武汉 Wuhan",
        revenue="5_200_000_000",
        contact=("沈知夏 Shen Zhixia", "IT director 信息总监"),
    )
    life.classified(364, "other_large", "1,100 shops, privately owned 一千一百家门店，民营")

    stock = life.project(362, "P905", "门店补货 Shop replenishment", product_line="supply chain", amount="2_700_000")
    stock.passed(F1=356, F2=345, F3=335, F4=326, F5=318, F6=312)
    stock.offered(311)
    stock.accepted(310)
    stock.signed(M1=301, M2=277, M3=236, M4=222, M5=216, M6=187)
    stock.supported(185, 183, ends_in=430, fee="270_000")
    stock.satisfaction(180, 4, "go_live", "缺货率下降三分之一 A third fewer empty shelves")
    breached = life.ticket(
        moments.at(3, "09:40"),
        "T905",
        "补货建议未下发华中区 Replenishment proposals missing for Central China",
        impact="high",
        urgency="medium",
        project="P905",
    )
    breached.taken(moments.at(3, "10:10"))
    breached.escalated(moments.at(3, "11:00"), "second", "Nightly run ended without a result 夜间批处理无结果")

    unhappy = life.ticket(
        moments.at(6, "09:50"),
        "T912",
        "门店库存数与实盘不符 Stock in the shops differs from the count",
        impact="medium",
        urgency="medium",
        project="P905",
        kind="problem",
        product="supply chain",
        category="data",
    )
    unhappy.taken(moments.at(6, "10:20"))
    unhappy.resolved(moments.at(5, "11:00"), "Counted again, interface restarted 重新盘点并重启接口")
    unhappy.closed(moments.at(2, "10:15"), "C903-shops", 2)

    returns = life.project(140, "P918", "退换货管理 Returns and exchanges", product_line="retail", amount="850_000")
    returns.passed(F1=136, F2=128, F3=118, F4=110, F5=104, F6=100)
    returns.offered(99)
    returns.accepted(98)
    returns.signed(M1=90, M2=70, M3=40, M4=20, M5=12, M6=6)
    returns.supported(5, 4, ends_in=360, fee="85_000")

    members = life.project(48, "P906", "会员与门店中台 Membership and shop platform", product_line="retail", amount="3_600_000")
    members.notes(competitors="Shuhe Cloud 数禾云; build it in-house 自研")
    members.passed(F1=43, F2=27, F3=9)
    members.proved(4, "buying_process", "decision_maker_met")
    members.next_step(4, 12, "Their board decides on the budget 董事会审议预算")
    members.forecast(20, 20, "commit", "The board meets this month 本月开董事会")
    members.forecast(4, 35, "best_case", "The board has put it off 董事会延期")
    knowing.enabled(life, 60, "retail")
    knowing.three_plans(life, "P906", industry="retail 零售", amounts=("9_000_000", "6_500_000", "3_600_000"))
    knowing.passed_on(life, 2, "s23", "Retail gets a second seller 零售条线增加客户经理")
    return life


def yunlu(moments: Moments) -> Life:
    """VIP, state-owned. In procurement: the bid is won, the terms are not agreed."""
    life = Life(moments, "C904", seller="s12", unit="key-accounts")
    life.registered(
        90,
        name="云麓水务集团 Yunlu Water Group",
        industry="water supply 水务",
        region="长沙 Changsha",
        revenue="2_900_000_000",
        contact=("陆怀瑾 Lu Huaijin", "head of assets 资产管理部部长"),
    )
    life.classified(89, "vip", "City-owned; assets must be on one ledger by policy 市属国企，资产“一本账”为政策要求")
    assets = life.project(88, "P907", "管网资产管理 Pipe network asset management", product_line="assets", amount="5_400_000")
    assets.passed(F1=82, F2=66, F3=48)
    assets.promised(40, "map-at-start", "scope", "The pipe map is imported in full at the start 管网图首期全量导入")
    assets.passed(F4=8)
    assets.proved(3, "bid_won_or_quote_accepted", "price_within_margin")
    assets.next_step(3, 6, "Agree the payment terms 商定付款条件")
    assets.forecast(3, 18, "commit", "Only the payment terms are open 仅余付款条件")
    return life
