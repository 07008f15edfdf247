from __future__ import annotations

from django.urls import path

from bihuan.duties.views import duties, programmes, review

app_name = "duties"
urlpatterns = [
    path("", duties.list_duties, name="list"),
    path("<int:pk>/", duties.duty_detail, name="detail"),
    path("<int:pk>/end/", duties.duty_end, name="end"),
    path("<int:pk>/minimum/", duties.duty_minimum, name="minimum"),
    path("programmes/", programmes.list_programmes, name="programmes"),
    path("programmes/new/", programmes.take_in, name="import"),
    path("programmes/<int:pk>/", programmes.programme_detail, name="programme"),
    path("programmes/<int:pk>/drop/", programmes.programme_drop, name="programme_drop"),
    path("programmes/<int:pk>/issue/", programmes.issue, name="issue"),
    path("programmes/<int:pk>/review/", review.review, name="review"),
    path("programmes/<int:pk>/head/", review.head, name="head"),
    path("programmes/<int:pk>/add/", review.proposal_add, name="add"),
    path("programmes/<int:pk>/rest/", review.rest_drop, name="rest_drop"),
    path("programmes/<int:pk>/sure/", review.sure_accept, name="sure_accept"),
    path("proposals/<int:pk>/", review.proposal, name="proposal"),
]
