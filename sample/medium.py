"""Medium customers 中型客户: centres of supply chains and others. None of them exists."""

from __future__ import annotations

from sample import knowing
from sample.lives import Life
from sample.moments import Moments


def hengsui(moments: Moments) -> Life:
    """Medium VIP. A deal is won, but delivery has returned the handoff: it stands with sales again."""
    life = Life(moments, "C905", seller="s31", unit="east-region")
    life.registered(
        110,
        name="恒穗汽车零部件 Hengsui Auto Parts",
        industry="auto parts 汽车零部件",
        region="宁波 Ningbo",
        revenue="1_640_000_000",
        contact=("韩牧 Han Mu", "plant manager 厂长"),
    )
    life.classified(109, "medium_vip", "Centre of a supply chain of 260 workshops 二百六十家配套企业的链主")
    plant = life.project(108, "P908", "制造执行 Manufacturing execution", product_line="manufacturing", amount="2_400_000")
    plant.notes(need_in_customers_words="“停线一分钟，损失一万块。” One minute of standstill costs us ten thousand.")
    plant.passed(F1=101, F2=84, F3=62)
    plant.promised(60, "no-standstill", "risk", "No standstill of the line at cutover 切换期间不停线")
    plant.promised(44, "senior-consultant", "person", "A senior consultant on site for eight weeks 资深顾问驻场八周")
    plant.passed(F4=40, F5=16, F6=5)
    plant.offered(4)
    plant.returned(
        1,
        scope="Three machine interfaces are missing from the scope 范围缺少三类设备接口",
        budget_person_days="Eight weeks on site are not in the budget 驻场八周未计入人天预算",
    )
    return life


def haichen(moments: Moments) -> Life:
    """Medium VIP. A deal that stopped moving at the solution stage."""
    life = Life(moments, "C906", seller="s32", unit="south-region")
    life.registered(
        100,
        name="海琛冷链食品 Haichen Cold-chain Foods",
        industry="food 食品",
        region="湛江 Zhanjiang",
        revenue="910_000_000",
        contact=("龙一帆 Long Yifan", "IT manager 信息部经理"),
    )
    life.classified(99, "medium_vip", "Owns the cold stores that its suppliers use 供应商共用其冷库")
    cold = life.project(98, "P909", "冷链全程追溯 Cold-chain tracking", product_line="supply chain", amount="1_900_000")
    cold.notes(presentation_or_poc="Proof of concept on two trucks, sensors failed twice 两辆车试点，传感器两次掉线")
    cold.passed(F1=90, F2=60)
    cold.proved(47, "presentation_or_poc")
    knowing.asked_of_product(
        life,
        8,
        "R901",
        "P909",
        title="双网关 Two gateways in a truck",
        need="“掉线一次，整车货就说不清。” One gap in the record and nobody believes the whole load.",
        value="1_900_000",
    )
    return life


def qinghe(moments: Moments) -> Life:
    """Other medium: the story that the demo tells. Lost, kept, back after a competitor failed, and a customer for good."""
    life = Life(moments, "C907", seller="s22", unit="health-industry")
    life.registered(
        372,
        name="青禾医疗器械 Qinghe Medical Devices",
        industry="medical devices 医疗器械",
        region="苏州 Suzhou",
        revenue="420_000_000",
        contact=("顾青峦 Gu Qingluan", "quality director 质量总监"),
    )
    life.classified(371, "other_medium", "Annual report: CNY 420 M; sells through 90 hospitals 年报营收4.2亿，覆盖九十家医院")

    first = life.project(368, "P910", "质量追溯 Quality traceability", product_line="manufacturing", amount="1_200_000")
    first.notes(
        need_in_customers_words="“召回一批货，要翻三天纸质记录。” To recall one batch we leaf through paper for three days.",
        competitors="Hengsuan Software 衡算软件, 30 % cheaper 报价低三成",
    )
    first.passed(F1=362, F2=346)
    first.proved(330, "presentation_or_poc", "competitors")
    first.lost(
        316,
        "Price: 30 % above the other bid 价格高出三成",
        competitor="Hengsuan Software 衡算软件",
        keep_contact_on=moments.day(262),
    )
    life.met(
        259,
        "call",
        "The other system failed the audit of the authority; they ask us back 对方系统未通过药监飞检，客户请我们回来",
    )

    knowing.duplicate(life, 300, "C918", "青禾医疗（昆山） Qinghe Medical, Kunshan", "medical devices 医疗器械", "400_000_000")

    second = life.project(
        256, "P911", "追溯与生产一体化 Traceability and production in one", product_line="manufacturing", amount="1_650_000"
    )
    second.notes(
        need_in_customers_words="“下次飞检之前必须上线。” It must run before the next unannounced audit.",
        budget="CNY 1.6–1.8 M, emergency budget of the board 董事长特批预算",
        power_map="Quality director decides, chairman signs 质量总监主导，董事长签字",
        decision_criteria="Full recall trace in ten minutes 十分钟内完成召回追溯",
        decision_maker_met="Chairman, in Suzhou 苏州，董事长",
        signed_contract="CNY 1,650,000, signed with the chairman 合同额165万元",
    )
    knowing.recovered(
        life,
        "P910",
        (314, "price", "30 % above the other bid 报价高出三成"),
        (306, "The price was compared, the audit was not 只比了价格，没有比合规"),
        linked=(254, "P911"),
    )
    knowing.known(
        life,
        246,
        ("chair", "苏明远 Su Mingyuan", "chairman 董事长", "decides", 5, "neutral", ""),
        ("quality", "顾青峦 Gu Qingluan", "quality director 质量总监", "influences", 4, "champion", "chair"),
        ("finance", "白朗 Bai Lang", "chief financial officer 财务总监", "guards", 3, "sceptic", "chair"),
    )
    knowing.buys(life, 240, ("Two bids 两家比价", "purchasing 采购部"), ("Board paper 董事会立项", "chairman 董事长"))
    knowing.it_plan(
        life,
        60,
        "product_strategy",
        (0, "Traceability of both plants 两厂追溯", "1_650_000"),
        (1, "Service of the installed devices 在用设备服务", "900_000"),
    )
    second.passed(F1=252, F2=244, F3=234)
    second.promised(232, "trace-in-10-minutes", "scope", "A full recall trace takes at most ten minutes 召回追溯不超过十分钟")
    second.promised(226, "before-the-audit", "date", "Live before the next audit of the authority 下次飞检前上线")
    second.passed(F4=222, F5=212, F6=206)
    second.offered(205)
    second.returned(
        204,
        promises="The ten-minute trace is sold but not in the statement of work 十分钟追溯已承诺，但未写入SOW",
        risks="Label printers of the second plant are unknown 二厂标签打印机型号不明",
    )
    second.offered(202, promises="P911-promises-v2.pdf", risks="P911-risks-v2.pdf")
    due = moments.day(190).isoformat()
    printers = {
        "condition": "printer-list",
        "text": "List of the label printers of both plants 两厂标签打印机清单",
        "due_on": due,
    }
    second.accepted(201, conditions=[printers])
    second.condition_met(193, "printer-list", "P911-printers.xlsx")
    second.signed(M1=192, M2=168, M3=128, M4=113, M5=107, M6=78)
    second.kept(106, "before-the-audit", "P911-M5-sign-off.pdf")
    second.kept(90, "trace-in-10-minutes", "P911-trace-test.pdf")
    second.supported(76, 74, ends_in=250, fee="165_000")
    second.satisfaction(
        72, 5, "go_live", "飞检一次通过，追溯用时六分钟 The audit was passed at once; the trace took six minutes"
    )

    closed = life.ticket(
        moments.at(41, "09:20"),
        "T906",
        "批次标签重复打印 Batch labels printed twice",
        impact="medium",
        urgency="high",
        project="P911",
    )
    closed.taken(moments.at(41, "09:45"))
    closed.resolved(
        moments.at(41, "15:30"), "Printer queue confirmed twice; driver setting changed 打印队列重复确认，已调整驱动参数"
    )
    closed.closed(moments.at(40, "10:30"), "C907-quality", 5)
    reopened = life.ticket(
        moments.at(7, "13:20"),
        "T907",
        "追溯报表漏掉委外批次 Trace report misses outsourced batches",
        impact="high",
        urgency="low",
        project="P911",
        kind="problem",
        product="manufacturing",
        category="reports",
    )
    reopened.taken(moments.at(7, "14:00"))
    reopened.resolved(moments.at(6, "11:00"), "Outsourced batches added to the report 报表已加入委外批次")
    reopened.closed(moments.at(5, "09:30"), "C907-quality", 4)
    reopened.reopened(moments.at(1, "16:10"), "Batches returned by the contractor are still missing 委外退回批次仍缺失")
    life.met(
        2,
        "visit",
        "Wants cost accounting next year; we write the plan together 明年想上成本核算，共同制定规划",
        next_on=moments.date_in(20),
    )
    return life


def lanqiao(moments: Moments) -> Life:
    """Other medium. Only the signature is missing. The demo drives this project through the HTTP API."""
    life = Life(moments, "C908", seller="s31", unit="east-region")
    life.registered(
        82,
        name="岚桥新型建材 Lanqiao Building Materials",
        industry="building materials 建材",
        region="临沂 Linyi",
        revenue="560_000_000",
        contact=("方砚秋 Fang Yanqiu", "chief financial officer 财务总监"),
    )
    life.classified(81, "other_medium", "Family-owned, CNY 560 M 家族企业，营收5.6亿")
    costs = life.project(80, "P912", "成本核算 Cost accounting", product_line="finance", amount="980_000")
    costs.notes(payment_terms="30 / 40 / 30 % at signature, blueprint, acceptance 签约、蓝图、验收三三四分期")
    costs.passed(F1=74, F2=60, F3=44, F4=31)
    costs.promised(29, "old-balances", "scope", "Balances of three years are taken over 迁移三年期初数据")
    costs.passed(F5=4)
    costs.proved(1, "payment_plan")
    costs.next_step(2, 4, "Signature at their office 赴客户处签约")
    costs.forecast(2, 6, "commit", "The date of the signature is agreed 签约日期已定")
    return life


def guanlan(moments: Moments) -> Life:
    """Other medium. The deal is on the shelf until the new chairman decides; the agreed call is overdue."""
    life = Life(moments, "C909", seller="s33", unit="west-region")
    life.registered(
        130,
        name="观澜文旅 Guanlan Culture and Tourism",
        industry="tourism 文旅",
        region="桂林 Guilin",
        revenue="230_000_000",
        contact=("莫雨眠 Mo Yumian", "operations director 运营总监"),
    )
    life.classified(129, "other_medium", "Four parks, CNY 230 M 四个景区，营收2.3亿")
    tickets = life.project(127, "P913", "票务与财务一体化 Ticketing and finance", product_line="finance", amount="760_000")
    tickets.passed(F1=120, F2=98)
    tickets.proved(85, "presentation_or_poc", "positive_feedback")
    tickets.shelved(
        70, "New chairman from spring; all projects are on hold 董事长换任，项目全部暂停", revisit_on=moments.date_in(45)
    )
    asked = life.ticket(
        moments.at(1, "16:00"),
        "T911",
        "试用版闸机接口如何配置 How is the turnstile interface of the trial set up",
        impact="medium",
        urgency="low",
        kind="question",
    )
    asked.taken(moments.at(1, "16:30"))
    life.met(
        25,
        "call",
        "The new chairman has arrived; call again in two weeks 新董事长已到任，两周后再联系",
        next_on=moments.date_in(-3),
    )
    knowing.revenue(life, 8, "96_000_000")
    return life
