"""Customers over the years 客户经营: who fell asleep and was woken, who is left alone to compare with, and who cools.

None of them exists."""

from __future__ import annotations

from typing import Any

from sample.lives import PRESALES, Life, actor
from sample.moments import Moments


def zhaoxia(moments: Moments) -> Life:
    """Small. Bought once and was forgotten: dormant, then woken step by step, and now looks at something new."""
    life = Life(moments, "C915", seller="s31", unit="east-region")
    life.registered(
        860,
        name="朝霞印染 Zhaoxia Dyeing",
        industry="textiles 纺织",
        region="绍兴 Shaoxing",
        revenue="48_000_000",
        contact=("钱晓棠 Qian Xiaotang", "plant manager 厂长"),
    )
    life.classified(859, "small", "CNY 48 M, two dye houses 营收4800万，两个染整厂")
    vats = life.project(
        850, "P919", "染缸排产 Scheduling of the vats", product_line="manufacturing", amount="260_000", delivery="elsewhere"
    )
    vats.passed(F1=845, F2=836, F3=826, F4=818, F5=808, F6=800)
    life.met(690, "visit", "The vats are scheduled on paper again 染缸又回到手工排产")
    life.met(550, "call", "The plant manager has changed 厂长换人")
    life.met(402, "call", "No budget this year 今年没有预算")
    life.asleep(20)
    _woken(life)
    dyes = life.project(2, "P920", "染料追溯 Tracing of dyes", product_line="manufacturing", amount="340_000")
    dyes.notes(need_in_customers_words="“品牌商要看每一缸的配方。” The brands want to see the recipe of each vat.")
    dyes.proved(1, "value_class", "named_contact", "need_in_customers_words")
    dyes.next_step(1, 9, "Sample vat in their plant 在厂内做样缸")
    return life


def _woken(life: Life) -> None:
    """A reactivation 唤醒 of the last days: begun by the seller; the customer answers at the first call."""
    at, who = life.moments.at, actor(life.seller, "sales")
    reason = "Brands ask their dyers for proof; two neighbours bought 品牌商要求可追溯，已有两家同行采购"
    life.say("StartReactivation", "C915-woken", at(4, "10:00"), who, customer="C915", reason=reason)
    called: dict[str, Any] = {"step": "call", "result": "The new plant manager takes the call 新厂长接了电话"}
    life.say("CompleteStep", "C915.1-call", at(3, "15:00"), who, reactivation="C915.1", **called)
    answer = {"answer": "interested", "reference": "call-zhaoxia.txt"}
    life.say("RecordAnswer", "C915.1-answered", at(3, "15:30"), who, reactivation="C915.1", **answer)


def songhe(moments: Moments) -> Life:
    """Small. Dormant, and drawn into the hold-out: left alone, so that the effect of reactivations can be measured."""
    life = Life(moments, "C914", seller="s22", unit="health-industry")
    life.registered(
        350,
        name="松鹤药房 Songhe Pharmacies",
        industry="pharmacies 药房",
        region="昆山 Kunshan",
        revenue="61_000_000",
        contact=("贺兰 He Lan", "owner 负责人"),
    )
    life.classified(349, "small", "CNY 61 M, thirty shops 营收6100万，三十家门店")
    life.asleep(60)
    who, reason = actor(life.seller, "sales"), "Health shops are chosen for the spring 春季唤醒名单：药房"
    life.say("StartReactivation", "C914-chosen", moments.days_ago(58), who, customer="C914", reason=reason)
    return life


def dangui(moments: Moments) -> Life:
    """Medium VIP. Nobody has spoken to it since the fair: it cools."""
    life = Life(moments, "C916", seller="s32", unit="south-region")
    life.registered(
        105,
        name="丹桂电子 Dangui Electronics",
        industry="electronics 电子",
        region="东莞 Dongguan",
        revenue="1_150_000_000",
        contact=("姚舟 Yao Zhou", "supply-chain director 供应链总监"),
    )
    life.classified(104, "medium_vip", "Assembles for four brands, 180 suppliers 为四个品牌代工，一百八十家供应商")
    life.met(96, "event", "Two hours at our stand at the fair 展会上谈了两小时", answered=True)
    who = actor(PRESALES, "presales")
    mapped = {"person": "C916-scd", "name": "姚舟 Yao Zhou", "title": "supply-chain director 供应链总监", "evidence": "fair"}
    life.say(
        "MapPerson",
        "C916-mapped",
        moments.at(95, "10:00"),
        who,
        customer="C916",
        **mapped,
        roles=["influences"],
        influence=3,
        attitude="neutral",
    )
    return life
