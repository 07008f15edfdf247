from __future__ import annotations

from django.urls import path

from bihuan.registry.views import operations, orgs, people, posts

app_name = "registry"
urlpatterns = [
    path("", orgs.tree, name="tree"),
    path("people/", people.person_list, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/correct/", people.person_correct, name="person_correct"),
    path("people/<int:pk>/account/", people.person_account, name="person_account"),
    path("people/<int:pk>/status/", people.person_status, name="person_status"),
    path("people/<int:pk>/belong/", people.person_belong, name="person_belong"),
    path("people/<int:pk>/appoint/", posts.person_appoint, name="person_appoint"),
    path("posts/<int:pk>/relieve/", posts.post_relieve, name="post_relieve"),
    path("<int:pk>/", orgs.org_page, name="org"),
    path("<int:pk>/establish/", operations.org_establish, name="establish"),
    path("<int:pk>/rename/", operations.org_rename, name="rename"),
    path("<int:pk>/amend/", operations.org_amend, name="amend"),
    path("<int:pk>/move/", operations.org_move, name="move"),
    path("<int:pk>/merge/", operations.org_merge, name="merge"),
    path("<int:pk>/dissolve/", operations.org_dissolve, name="dissolve"),
    path("<int:pk>/enrol/", people.org_enrol, name="enrol"),
    path("<int:pk>/appoint/", posts.org_appoint, name="appoint"),
]
