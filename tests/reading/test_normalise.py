from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.reading.normalise import fold, normalise


def test_spaces_inside_chinese_words_go():
    assert normalise("认真贯彻落 实中央 八项规定精神").text == "认真贯彻落实中央八项规定精神"


def test_spaces_between_the_phrases_of_a_motto_stay():
    text = "开展“中国梦 新时代 跟党走”宣讲"
    assert normalise(text).text == text


def test_spaces_between_latin_words_stay():
    assert normalise("使用 Party Day 平台").text == "使用Party Day平台"


def test_lines_of_the_web_site_are_cut_and_kept_aside():
    read = normalise("当前位置:首页 > 党建\n一、加强学习\n来源:某网 2024-01-05 10:00\n责任编辑:某")
    assert read.text == "一、加强学习"
    assert len(read.cut) == 3


def test_a_heading_that_looks_like_a_button_stays():
    assert normalise("分享学习体会\n访问困难党员").text == "分享学习体会\n访问困难党员"


def test_traditional_characters_become_simplified():
    assert normalise("組織開展黨課學習,著力提高質量").text == "组织开展党课学习,着力提高质量"


def test_simplified_text_is_left_alone():
    text = "乾坤湾党支部开展著名党史专家讲座"
    assert normalise(text).text == text


def test_redaction_marks_stay():
    assert normalise("学习***总书记讲话,X市**局").text == "学习***总书记讲话,X市**局"


def test_lines_broken_at_the_edge_of_a_page_are_joined():
    line = "机关党委要认真组织全体党员干部深入学习贯彻有关会议精神和"
    read = normalise("\n".join([line, line, line, "切实抓好落实。"]))
    assert "\n" not in read.text


def test_table_rows_come_out_with_one_tab_between_columns():
    read = normalise("序号  工作任务  责任单位\n1  开展 走访  工会")
    assert read.text == "序号\t工作任务\t责任单位\n1\t开展 走访\t工会"


def test_offsets_lead_back_to_the_raw_text():
    raw = "当前位置:首页\n贯彻落 实 精神"
    read = normalise(raw)
    start, end = read.raw_span(2, 4)
    assert raw[start:end] == "落 实"


@given(st.text(alphabet="一二、。(1)每月组 织\n\t\u3000|《“”,黨abc\u200b\r", max_size=80))
def test_text_fold_and_origins_have_one_length(raw):
    read = normalise(raw)
    assert len(read.text) == len(read.folded) == len(read.origins)
    assert list(read.origins) == sorted(read.origins)
    assert all(0 <= origin <= len(raw) for origin in read.origins)


def test_fold_keeps_marks_inside_numbers_apart():
    assert fold("4,000名\uff0c9:30") == "4\u066c000名,9\u223630"


@pytest.mark.parametrize(
    "line",
    [
        "某县人民政府门户网站无障碍阅读长者模式",
        "首页政务公开政务服务互动交流专题专栏",
        "主办：某县人民政府办公室承办：某县大数据中心",
        "相关附件：",
    ],
)
def test_the_menu_and_the_foot_of_a_site_are_cut(line):
    assert normalise(f"{line}\n一、学习\n每月组织1次集中学习。").text.startswith("一、")


def test_a_task_on_public_affairs_is_no_menu():
    text = "推进政务公开和政务服务，组织党员志愿服务。"
    assert normalise(text).text == text
