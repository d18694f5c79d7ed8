"""Quantities in sentences of the genre: number, value, unit and approximation; and numerals that state no figure."""

import pytest

from xieshou.reports.audit.claims import Quantity
from xieshou.reports.audit.quantities.extraction import extract
from xieshou.reports.audit.texts.cleaning import clean


def read(text: str) -> list[Quantity]:
    return list(extract(clean(text)))


def shown(quantity: Quantity, text: str) -> str:
    value = format(quantity.value, "f")
    if quantity.value_hi is not None:
        value += f"..{quantity.value_hi:f}"
    return f"{text[quantity.start : quantity.end]} = {value} {quantity.unit} {quantity.approximation}"


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("月工资1500-2000元", ["1500-2000元 = 1500..2000 CNY exact"]),
        ("每户增收1800至2000元", ["1800至2000元 = 1800..2000 CNY exact"]),
        ("截至目前15个项目全部完工", ["15个 = 15 project exact"]),
        ("截至目前三个项目全部完工", ["三个 = 3 project exact"]),
        ("新建安置房20栋、道路5条", ["20栋 = 20 building exact", "5条 = 5 item exact"]),
        ("为期10日的集训", ["10日 = 10 day exact"]),
        ("￥500万", ["500万 = 5000000 CNY exact"]),
        (
            "全县贫困人口由三点五万人减少到不足一千人",
            ["三点五万人 = 35000 person exact", "一千人 = 1000 person less_than"],
        ),
        ("贫困发生率下降百分之三十五", ["百分之三十五 = 35 percent exact"]),
        ("覆盖十几万群众", ["十几万 = 100000 person more_than"]),
        ("历时半年建成卫生室", ["半年 = 0.5 year exact"]),
        ("投入约3000万元，惠及近百户", ["3000万元 = 30000000 CNY about", "百户 = 100 household nearly"]),
        ("上千名群众参加", ["千名 = 1000 person more_than"]),
        ("数十种农产品进京", ["数十种 = 10 kind more_than"]),
        ("带动两三百户增收", ["两三百户 = 200..300 household exact"]),
        ("户均增收3000-5000元", ["3000-5000元 = 3000..5000 CNY exact"]),
        ("户均增收3000—5000元", ["3000—5000元 = 3000..5000 CNY exact"]),
        ("每户年均增收3至5万元", ["3至5万元 = 30000..50000 CNY exact"]),
        ("增幅在10%-20%之间", ["10%-20% = 10..20 percent exact"]),
        ("由10%提高到20%", ["10% = 10 percent exact", "20% = 20 percent exact"]),
        ("从5万元增加到8万元", ["5万元 = 50000 CNY exact", "8万元 = 80000 CNY exact"]),
        ("从5万到8万元不等", ["5万到8万元 = 50000..80000 CNY about"]),
        ("参训人数超过三成", ["三成 = 30 percent more_than"]),
        ("九成以上农户受益", ["九成 = 90 percent more_than"]),
        ("三分之二以上的村民", ["三分之二 = 66.66666666666666666666666667 percent more_than"]),
        ("收入增长2.5倍", ["2.5倍 = 2.5 multiple exact"]),
        ("提高12.3个百分点", ["12.3个百分点 = 12.3 percentage_point exact"]),
        ("千分之三的利率", ["千分之三 = 0.3 percent exact"]),
        ("２０２０年投入５００万元", ["５００万元 = 5000000 CNY exact"]),
        ("投入 1,234.5 万元", ["1,234.5 万元 = 12345000 CNY exact"]),
        ("惠及7 000余人", ["7 000余人 = 7000 person more_than"]),
        ("一是投入资金300万元。二是培训干部20人。三是", ["300万元 = 3000000 CNY exact", "20人 = 20 person exact"]),
        ("（一）强化组织领导。召开会议3次", ["3次 = 3 time exact"]),
        ("1.完善机制。2.投入100万元。", ["100万元 = 1000000 CNY exact"]),
        ("1、3个县实现摘帽", ["3个 = 3 county exact"]),
        ("通过832平台采购农产品120万元", ["120万元 = 1200000 CNY exact"]),
        ("“十三五”期间投入2.3亿元", ["2.3亿元 = 230000000 CNY exact"]),
        ("依据国开办发〔2018〕12号文件拨付45万元", ["45万元 = 450000 CNY exact"]),
        ("建成5G基站12个，安装4G设备30套", ["12个 = 12 site exact", "30套 = 30 set exact"]),
        ("G20峰会期间采购3万元", ["3万元 = 30000 CNY exact"]),
        ("两县群众、三地协同、双方互访", ["三地 = 3 region exact"]),
        ("选派2名干部任副县长、1名任第一书记", ["2名 = 2 person exact", "1名 = 1 person exact"]),
        ("捐赠救护车一辆、电脑十台", ["一辆 = 1 vehicle exact", "十台 = 10 set exact"]),
        ("新建了一所小学", ["一所 = 1 school exact"]),
        ("派出第三批援藏干部5人", ["5人 = 5 person exact"]),
        ("第十一批8名干部", ["8名 = 8 person exact"]),
        ("连续五年获评“好”等次", ["五年 = 5 year exact"]),
        ("为期10天的培训", ["10天 = 10 day exact"]),
        ("每年开展2次以上", ["2次 = 2 time more_than"]),
        ("累计义诊1.2万余人次", ["1.2万余人次 = 12000 person_time more_than"]),
        ("完成手术350台次", ["350台次 = 350 time exact"]),
        ("种植苹果2000余亩、核桃5万株", ["2000余亩 = 2000 mu more_than", "5万株 = 50000 plant exact"]),
        (
            "发放鸡苗3万羽、仔猪200头、肉羊500只",
            ["3万羽 = 30000 head exact", "200头 = 200 head exact", "500只 = 500 head exact"],
        ),
        ("硬化道路18.6公里，安装路灯260盏", ["18.6公里 = 18.6 km exact", "260盏 = 260 piece exact"]),
        ("建设光伏电站总装机300千瓦、2兆瓦", ["300千瓦 = 300 kW exact", "2兆瓦 = 2000 kW exact"]),
        ("装机容量20万千瓦", ["20万千瓦 = 200000 kW exact"]),
        ("采购大米5000斤，面粉2吨", ["5000斤 = 2500 kg exact", "2吨 = 2 tonne exact"]),
        ("建成6个乡镇卫生院、12个村卫生室", ["6个 = 6 hospital exact", "12个 = 12 clinic exact"]),
        ("3个村集体经济项目", ["3个 = 3 project exact"]),
        (
            "帮扶12个县（市、区）、35个乡镇、108个行政村",
            ["12个 = 12 county exact", "35个 = 35 township exact", "108个 = 108 village exact"],
        ),
        (
            "组织26家成员单位、15家民营企业、3家医院",
            [
                "26家 = 26 organisation exact",
                "15家 = 15 enterprise exact",
                "3家 = 3 hospital exact",
            ],
        ),
        ("建立扶贫车间18间", ["18间 = 18 workshop exact"]),
        ("2个产业园区、5个就业帮扶车间", ["2个 = 2 park exact", "5个 = 5 workshop exact"]),
        ("开发公益性岗位320个", ["320个 = 320 job exact"]),
        ("建档立卡贫困户2.1万户8.4万人", ["2.1万户 = 21000 household exact", "8.4万人 = 84000 person exact"]),
        ("帮助6252贫困人口脱贫", ["6252 = 6252 person exact"]),
        ("覆盖3省5县7村", ["3省 = 3 province exact", "5县 = 5 county exact", "7村 = 7 village exact"]),
        ("五省六地工会", ["五省 = 5 province exact", "六地 = 6 region exact"]),
        ("上半年完成50万元，一季度20万元", ["50万元 = 500000 CNY exact", "20万元 = 200000 CNY exact"]),
        ("占地1500平方米，建筑面积约3200㎡", ["1500平方米 = 1500 m2 exact", "3200㎡ = 3200 m2 about"]),
        (
            "资助学生1200余人，发放助学金达200余万元",
            ["1200余人 = 1200 person more_than", "200余万元 = 2000000 CNY more_than"],
        ),
        ("资金到位率100%，完成率超过95%", ["100% = 100 percent exact", "95% = 95 percent more_than"]),
        ("培训班3期、参训人员256人（次）", ["3期 = 3 session exact", "256人 = 256 person exact"]),
        (
            "图书1.5万册、电脑60台、课桌椅500套",
            ["1.5万册 = 15000 book exact", "60台 = 60 set exact", "500套 = 500 set exact"],
        ),
        ("人均纯收入由2014年的2800元提高到2020年的11200元", ["2800元 = 2800 CNY exact", "11200元 = 11200 CNY exact"]),
        (
            "不少于20人，不超过5万元，不低于60%",
            [
                "20人 = 20 person more_than",
                "5万元 = 50000 CNY less_than",
                "60% = 60 percent more_than",
            ],
        ),
        ("采购额突破1亿元大关", ["1亿元 = 100000000 CNY more_than"]),
        ("为18个月", ["18个月 = 18 month exact"]),
        ("200多个日夜", ["200多个日夜 = 200 day more_than"]),
        (
            "编发简报46期，报送信息120条，在省级以上媒体刊发稿件30篇",
            [
                "46期 = 46 session exact",
                "120条 = 120 item exact",
                "30篇 = 30 publication exact",
            ],
        ),
        (
            "签约项目5个、意向投资8.5亿元，到位3.2亿",
            [
                "5个 = 5 project exact",
                "8.5亿元 = 850000000 CNY exact",
                "3.2亿 = 320000000 CNY exact",
            ],
        ),
        ("2.5天/月", ["2.5天 = 2.5 day exact"]),
        ("3万5千元", ["3万5千元 = 35000 CNY exact"]),
        ("一百二十三名党员", ["一百二十三名 = 123 person exact"]),
        ("廿三名干部", ["廿三名 = 23 person exact"]),
        ("一千多名学生", ["一千多名 = 1000 person more_than"]),
        ("一两个月", ["一两个月 = 1..2 month exact"]),
        ("三五个村", ["三五个 = 3..5 village exact"]),
        (
            "分别为120万元、80万元和60万元",
            ["120万元 = 1200000 CNY exact", "80万元 = 800000 CNY exact", "60万元 = 600000 CNY exact"],
        ),
        ("全年下乡120天、走访农户800多户次", ["120天 = 120 day exact", "800多户次 = 800 household more_than"]),
        ("举办“希望小屋”项目3个", ["3个 = 3 project exact"]),
        ("惠及学校12所、学生5600人", ["12所 = 12 school exact", "5600人 = 5600 person exact"]),
        ("第一书记3名，驻村工作队员9名", ["3名 = 3 person exact", "9名 = 9 person exact"]),
        ("每人每年补助1500元", ["1500元 = 1500 CNY exact"]),
        ("1—9月完成消费帮扶356.8万元", ["356.8万元 = 3568000 CNY exact"]),
        ("截至12月31日，共采购22批次", ["22批次 = 22 batch exact"]),
        ("海拔4500米以上", ["4500米 = 4500 m more_than"]),
        ("千余名志愿者", ["千余名 = 1000 person more_than"]),
        ("百余万元", ["百余万元 = 1000000 CNY more_than"]),
        ("近千万元", ["千万元 = 10000000 CNY nearly"]),
        ("上亿元产值", ["亿元 = 100000000 CNY more_than"]),
        ("年产值过亿元", ["亿元 = 100000000 CNY more_than"]),
        ("12个“扶贫车间”、7个“爱心超市”", ["12个 = 12 workshop exact", "7个 = 7 site exact"]),
        ("8名博士服务团成员", ["8名 = 8 person exact"]),
        ("组织劳务输出500人，其中脱贫人口320人", ["500人 = 500 person exact", "320人 = 320 person exact"]),
        ("万元以上项目", ["万元 = 10000 CNY more_than"]),
        (
            "总投资1200万元（其中财政资金800万元，自筹400万元）",
            [
                "1200万元 = 12000000 CNY exact",
                "800万元 = 8000000 CNY exact",
                "400万元 = 4000000 CNY exact",
            ],
        ),
        ("约有三分之一的农户", ["三分之一 = 33.33333333333333333333333333 percent about"]),
        ("每亩收益1200元，亩产800公斤", ["1200元 = 1200 CNY exact", "800公斤 = 800 kg exact"]),
        ("二期工程投资300万元", ["300万元 = 3000000 CNY exact"]),
        ("组织3场招聘会，提供岗位1200个", ["3场 = 3 session exact", "1200个 = 1200 job exact"]),
        ("邀请5位专家授课8课时", ["5位 = 5 person exact", "8课时 = 8 class_hour exact"]),
        ("农家书屋3个", ["3个 = 3 site exact"]),
        (
            "全镇共辖12个村、3个社区，总人口2.3万人",
            ["12个 = 12 village exact", "3个 = 3 village exact", "2.3万人 = 23000 person exact"],
        ),
        ("半数以上的家庭", ["半数 = 50 percent more_than"]),
        ("两个多月", ["两个多月 = 2 month more_than"]),
        ("3年多时间", ["3年多 = 3 year more_than"]),
        ("60岁以上老人120名", ["60岁 = 60 year more_than", "120名 = 120 person exact"]),
        ("投入了人民币50万", ["50万 = 500000 CNY exact"]),
        ("播放量超过100万次", ["100万次 = 1000000 time more_than"]),
        ("惠及12.6万群众", ["12.6万 = 126000 person exact"]),
        ("7名同志（含2名女同志）", ["7名 = 7 person exact", "2名 = 2 person exact"]),
        ("经过3个小时车程，通过三个专项行动", ["3个小时 = 3 hour exact", "三个 = 3 item exact"]),
        (
            "签约5家企业，节约3万元，预约100人",
            ["5家 = 5 enterprise exact", "3万元 = 30000 CNY exact", "100人 = 100 person exact"],
        ),
        ("配备5所多媒体教室，年薪过万", ["5所 = 5 site exact", "万 = 10000 CNY more_than"]),
        ("全市十一县区", ["十一县区 = 11 county exact"]),
        ("年收入过百万元", ["百万元 = 1000000 CNY more_than"]),
        ("已签约项目128，开工项目86", ["128 = 128 project exact", "86 = 86 project exact"]),
        ("获益学员上万余人，各占一半", ["万余人 = 10000 person more_than", "一半 = 50 percent exact"]),
        (
            "旅游人次超过100万，签约金额达8亿",
            ["100万 = 1000000 person_time more_than", "8亿 = 800000000 CNY exact"],
        ),
        ("建立29个“直采直供”基地", ["29个 = 29 base exact"]),
        ("组建59个“师带徒”小组", ["59个 = 59 team exact"]),
        ("有着近300年历史", ["300年 = 300 year nearly"]),
        ("两成多的农户", ["两成多 = 20 percent more_than"]),
        ("支出￥1,000.50", ["1,000.50 = 1000.5 CNY exact"]),
        ("三百年历史的古村", ["三百年 = 300 year exact"]),
        (
            "一亿两千三百四十五万六千七百八十九元",
            ["一亿两千三百四十五万六千七百八十九元 = 123456789 CNY exact"],
        ),
        ("2.3所学校建成", ["3所 = 3 school exact"]),
        ("30间上下相连的门面房", ["30间 = 30 item exact"]),
        ("2.5万户受益", ["2.5万户 = 25000 household exact"]),
    ],
)
def test_a_sentence_states_these_figures(text, quantities):
    assert [shown(quantity, text) for quantity in read(text)] == quantities


@pytest.mark.parametrize(
    "text",
    [
        "2018—2020年、2019、2020年和2021-2022学年",
        "2019.10-2020.12",
        "7×24小时在线，5mm钢板",
        "前5名的村，前三批干部",
        "",
        "半年多来走访群众",
        "收入翻了一番",
        "落实“四个不摘”要求，聚焦“两不愁三保障”",
        "全面推进“五大振兴”，打造“一村一品”",
        "联系电话010-85901234，邮编100020",
        "张北县三道河村、五里坡村、八里庄村",
        "五家渠市、七台河市、三台县、九台区的学校",
        "打造一支带不走的医疗队",
        "形成了一套行之有效的机制",
        "三年行动计划和五年规划",
        "2019年3月至2020年12月，每周三上午9:30",
        "一个都不能少，一户一策，一人一案",
        "万众一心，千方百计，百年大计",
        "3个月内完成",
        "“十四五”规划，20世纪90年代，90后干部",
        "两万五千里长征",
        "中国第一重型机械、北京八中、三一重工、四川省",
        "建立1+N帮扶模式、“3+2”合作",
        "7×24小时服务",
        "2:1的比例",
        "12345热线、110报警",
        "ISO9001认证、A4纸",
        "五保户、三类户、四类人员",
        "一分钱、一张网、一盘棋、一把手、一对一",
        "第六届、第37期、第2次会议",
        "制定三年扶贫规划",
        "十三届人大二次会议，八年级三班",
        "萬羽养殖场，百企帮百村",
        "市十五届人大三次会议召开",
        "打造三个“阵地” 为贫困地区提供支持",
        "百年老店，百年大计",
        "利用2018-2020年三年时间",
    ],
)
def test_a_numeral_that_states_no_figure_is_passed_over(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("建成村卫生室57个", "村卫生室"),
        ("投入帮扶资金300万元", "帮扶资金"),
        ("培训教师150人", "教师"),
        ("9个县市的9所职业院校", "县市"),
        ("开设4个“阳光电商班”", "班"),
        ("3个定点县特色产品销往全国", "定点县"),
        ("5个村基础设施建设项目", "项目"),
    ],
)
def test_the_first_quantity_counts_this_noun(text, noun):
    assert read(text)[0].noun == noun


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("帮扶贫困县12个，其中深度贫困县5个，已摘帽的有4个", ["county", "county", "county"]),
        ("结对学校不断增加，甲县新增12所，总数达到16所", ["school", "school"]),
        ("甲公司帮扶10个贫困县，乙集团为7个", ["county", "county"]),
        ("新增5个。引进企业8家", ["item", "enterprise"]),
    ],
)
def test_a_number_without_a_noun_of_its_own_takes_up_the_last_one(text, units):
    assert [quantity.unit for quantity in read(text)] == units


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("24所医疗机构", "hospital"),
        ("34所学校", "school"),
        ("10家银行捐款", "enterprise"),
        ("35家社会组织", "organisation"),
        ("20户企业参与", "enterprise"),
        ("20户脱贫户参与", "household"),
        ("15台救护车", "vehicle"),
        ("15台电脑", "set"),
        ("8项工程", "project"),
        ("8项技术", "item"),
        ("3个云南省临床重点专科", "item"),
        ("246个国家扶贫开发工作重点县", "county"),
        ("19个中央国家机关", "organisation"),
        ("对口帮扶的5个地区全部摘帽", "county"),
        ("建成10个劳模创新工作室", "site"),
        ("在122个边境镇建设工会阵地", "township"),
        ("6个乡镇卫生院", "hospital"),
        ("12个山货收购点，", "site"),
        ("改建羊舍30个", "site"),
        ("打造8个乡村治理样板村", "village"),
        ("5个村基础设施建设项目", "project"),
    ],
)
def test_the_noun_decides_what_a_measure_word_counts(text, unit):
    assert read(text)[0].unit == unit


def test_damage_leaves_a_figure_at_its_raw_place():
    raw = "實(shí)際完成l,806.6 萬(wàn)\n元，占37．43％"

    first, second = read(raw)

    assert raw[first.start : first.end] == "l,806.6 萬(wàn)\n元"
    assert raw[second.start : second.end] == "37．43％"


def test_a_number_with_a_lost_character_inside_is_not_guessed_at():
    assert read("投入5\ufffd0万元") == []


def test_a_quantity_knows_how_precisely_it_was_written():
    (quantity,) = read("完成4826.6万元")

    assert (quantity.decimals, quantity.factor, quantity.number_raw) == (1, 10_000, "4826.6万")
