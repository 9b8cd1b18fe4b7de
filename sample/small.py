"""Small and entry-level customers 小型及入门级客户. None of them exists."""

from __future__ import annotations

from sample import knowing
from sample.lives import Life
from sample.moments import Moments


def pushi(moments: Moments) -> Life:
    """Small. The needs are being written down."""
    life = Life(moments, "C910", seller="s31", unit="east-region")
    life.registered(
        26,
        name="朴石精密模具 Pushi Precision Moulds",
        industry="moulds 模具",
        region="台州 Taizhou",
        revenue="36_000_000",
        contact=("卢砺 Lu Li", "owner 总经理"),
    )
    life.classified(25, "small", "CNY 36 M, 80 people 营收3600万，八十人")
    orders = life.project(24, "P914", "订单到交付 From order to delivery", product_line="manufacturing", amount="180_000")
    orders.notes(need_in_customers_words="“交期全靠我脑子记。” All delivery dates are in my head.")
    orders.passed(F1=12)
    orders.proved(5, "budget", "timing")
    orders.next_step(5, 7, "Walk through the workshop together 一起走访车间")
    return life


def beimo(moments: Moments) -> Life:
    """Small. Won last week; the handoff waits for delivery's answer."""
    life = Life(moments, "C911", seller="s22", unit="health-industry")
    life.registered(
        75,
        name="北陌生物科技 Beimo Biotech",
        industry="biotech 生物科技",
        region="成都 Chengdu",
        revenue="68_000_000",
        contact=("苏见山 Su Jianshan", "founder 创始人"),
    )
    life.classified(74, "small", "CNY 68 M, second financing round 营收6800万，B轮")
    laboratory = life.project(72, "P915", "实验室物料管理 Laboratory stock", product_line="supply chain", amount="320_000")
    laboratory.passed(F1=66, F2=54, F3=40)
    laboratory.promised(38, "barcode", "scope", "Every bottle has a barcode 每瓶试剂一个条码")
    laboratory.passed(F4=28, F5=12, F6=4)
    laboratory.offered(1)
    return life


def xiaoman(moments: Moments) -> Life:
    """Entry-level. A lead of this week."""
    life = Life(moments, "C912", seller="s33", unit="west-region")
    life.registered(
        6,
        name="小满茶饮 Xiaoman Tea",
        industry="food service 餐饮",
        region="昆明 Kunming",
        revenue="3_200_000",
        contact=("白露 Bai Lu", "owner 店主"),
    )
    life.classified(5, "entry", "Nine shops, CNY 3.2 M 九家门店，营收320万")
    shops = life.project(4, "P916", "门店进销存 Shop stock and sales", product_line="retail", amount="26_000")
    shops.notes(need_in_customers_words="“牛奶不是多了就是少了。” There is always too much milk, or too little.")
    shops.proved(3, "value_class", "named_contact", "need_in_customers_words", "owner")
    shops.next_step(2, 3, "Show it in the shop on the lake 湖边店现场演示")
    return life


def shiguang(moments: Moments) -> Life:
    """Entry-level. Lost last month; the contact is kept up."""
    life = Life(moments, "C913", seller="s32", unit="south-region")
    life.registered(
        60,
        name="拾光书店 Shiguang Bookshops",
        industry="bookshops 书店",
        region="厦门 Xiamen",
        revenue="1_800_000",
        contact=("叶知秋 Ye Zhiqiu", "owner 店主"),
    )
    life.classified(59, "entry", "Three shops, CNY 1.8 M 三家门店，营收180万")
    books = life.project(58, "P917", "图书进销存 Book stock and sales", product_line="retail", amount="18_000")
    books.passed(F1=52, F2=40)
    books.lost(
        22,
        "Chose a free tool for now 暂用免费工具",
        competitor="Shuhe Cloud 数禾云",
        keep_contact_on=moments.date_in(50),
    )
    knowing.recovered(
        life,
        "P917",
        (20, "price", "Free of charge beats every price 免费工具无法比价"),
        (12, "Wait for the second shop's stocktaking 等二店盘点再谈"),
        contacts=(50, 140),
        idea="Stocktaking of three shops in one evening 一晚盘完三家店",
        in_days=150,
    )
    return life
