"""Invented names: common, compound and rare ones, in the proportions a real register shows."""

import random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
COMPOUND = ("欧阳", "司马", "诸葛", "上官", "尉迟", "万俟", "单于", "澹台", "皇甫", "司徒")
RARE_SURNAMES = ("单", "仇", "解", "区", "查", "朴", "盖", "缪", "曾", "逄", "䶮", "亓")
MALE = "德厚国建志强明永昌福贵荣华文武振兴全胜长庚耀祖光宗守义怀仁家和立本学勤思源同庆如松柏年春生大海宝山兆丰瑞林"
FEMALE = "秀英桂兰玉珍淑芬凤琴素梅月娥翠萍雅洁美云惠敏丽华淑贤玉洁春燕秋菊冬梅香莲爱玲慧芳静宜巧珍佩文若兰"
RARE = "䶮𬭎㐆䲟龑堃翀喆璟"
MINORITY = ("古丽米热·艾山", "阿不都·卡德尔", "买买提·吐逊", "卓玛·次仁", "其其格·巴图", "热娜·玉素甫")


def invent_name(rng: random.Random, sex: str) -> str:
    """A full name; about 1 in 100 has a compound surname, 1 in 200 a rare character, 1 in 300 a ·."""
    roll = rng.random()
    if roll < 0.0035:
        return rng.choice(MINORITY)
    if roll < 0.0135:
        surname = rng.choice(COMPOUND)
    elif roll < 0.025:
        surname = rng.choice(RARE_SURNAMES)
    else:
        surname = SURNAMES[min(int(rng.random() ** 1.8 * len(SURNAMES)), len(SURNAMES) - 1)]
    letters = MALE if sex == "1" else FEMALE
    given = rng.choice(letters)
    if rng.random() < 0.82 or len(surname) == 2:
        given += rng.choice(letters)
    if rng.random() < 0.005:
        given = given[:-1] + rng.choice(RARE)
    return surname + given
