"""Standard terms of the organisation tree and of the people in it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrgKind(models.TextChoices):
    """What a node of the tree is (机关基层组织条例 arts. 4–9; 支部工作条例 art. 13)."""

    COMMITTEE = "COMMITTEE", _("工委")
    UNIT = "UNIT", _("单位")
    LEADING_GROUP = "LEADING_GROUP", _("党组")
    AGENCY_COMMITTEE = "AGENCY_COMMITTEE", _("机关党委")
    DISCIPLINE_COMMITTEE = "DISCIPLINE_COMMITTEE", _("机关纪委")
    GENERAL_BRANCH = "GENERAL_BRANCH", _("党总支")
    BRANCH = "BRANCH", _("党支部")
    GROUP = "GROUP", _("党小组")


class Post(models.TextChoices):
    """Posts that matter to a duty or a right."""

    SECRETARY = "SECRETARY", _("书记")
    DEPUTY_SECRETARY = "DEPUTY_SECRETARY", _("副书记")
    FULL_TIME_DEPUTY = "FULL_TIME_DEPUTY", _("专职副书记")
    ORGANISATION_MEMBER = "ORGANISATION_MEMBER", _("组织委员")
    PUBLICITY_MEMBER = "PUBLICITY_MEMBER", _("宣传委员")
    DISCIPLINE_MEMBER = "DISCIPLINE_MEMBER", _("纪检委员")
    COMMITTEE_MEMBER = "COMMITTEE_MEMBER", _("委员")
    GROUP_LEADER = "GROUP_LEADER", _("党小组组长")
    GROUP_SECRETARY = "GROUP_SECRETARY", _("党组书记")
    GROUP_DEPUTY = "GROUP_DEPUTY", _("党组副书记")
    GROUP_MEMBER = "GROUP_MEMBER", _("党组成员")
    LIAISON_LEADER = "LIAISON_LEADER", _("联系领导")
    PARTY_OFFICER = "PARTY_OFFICER", _("专职党务干部")
    STUDY_SECRETARY = "STUDY_SECRETARY", _("学习秘书")


class MemberStatus(models.TextChoices):
    """A person's standing; full members alone vote (党章 arts. 4, 7)."""

    FULL = "FULL", _("正式党员")
    PROBATIONARY = "PROBATIONARY", _("预备党员")
    ACTIVIST = "ACTIVIST", _("入党积极分子")
    NONE = "NONE", _("群众")


class Gender(models.TextChoices):
    FEMALE = "FEMALE", _("女")
    MALE = "MALE", _("男")
