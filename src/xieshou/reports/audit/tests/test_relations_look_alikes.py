"""What looks like a contradiction and is none: figures that the language does not tie to each other."""

import pytest

from xieshou.reports.audit.tests.related import doubts


@pytest.mark.parametrize(
    "text",
    [
        # a total, and money divided between some of those who got it
        "2019年全县共投入资金1000万元，向青川县、木里县分别投入100万元、200万元用于道路。",
        # an open list before a total
        "选派挂职干部3名、驻村书记15名等，共计20名。",
        # the persons are not those of the households
        "帮助贫困户500户、320人就业。",
        "走访困难职工120户、劳模80人。",
        # what was earned is not the price
        "销售苹果5000吨，带动果农增收300万元。",
        # the growth is of something else
        "新增企业12家，营业收入同比增长25.3%。",
        # the share is of something else
        "发放资料300份，培训50人，土地流转比例达到33.3%。",
        # the completion is of something else
        "投入资金120万元，引进资金完成任务100万元的85%。",
        # the last sentence of a paragraph is one item more
        "2020年开展消费帮扶活动，带动消费500万元。工会累计采购消费帮扶产品50万元。",
        # fields told one after the other in the same words
        "2019年产业方面共投入帮扶资金300万元。\n2019年教育方面共投入帮扶资金310万元。\n2019年医疗方面共投入帮扶资金320万元。",
        # two receivers
        "为第一小学捐赠图书500册、电脑20台、桌椅100套。为第二小学捐赠图书500册、电脑20台、桌椅120套。",
        # a mean of something else
        "合作社年收入50万元，带动25户，户均增收3000元。",
        # a list behind several figures
        "全县1200名干部结对帮扶，选派干部300人驻村开展工作。其中，党员900人。",
        # own purchases beside what was sold for others
        "2021年度采购特色农产品价值747万元，帮助销售地方特色农产品累计1063.44万元。",
        # three sums of which two happen to make the third nearly
        "投资1430万元打造农业品牌，投入396万元打造苗寨项目，投入帮扶资金1599万元实施项目7个。",
        # nested sums told flat
        "在产业上累计投入资金2262.4万元。\n在青川县投入252.4万元，建设基地。投入110万元，用于补助。\n"
        "在木里县投入1260万元，在昭平县投入750万元。",
        # ranges and limits
        "对120户每户补助2000至3000元，共发放32万元。",
        "按每亩不超过500元的标准补助1200亩，共补助45万元。",
        # a date told with it
        "截至2019年底累计派出干部36名，2020年新派出8名，目前在岗20名。",
    ],
)
def test_figures_that_are_not_tied_to_each_other_are_not_doubted(text):
    assert doubts(text) == []
