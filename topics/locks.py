"""The one order of locks: first the topic, then its comment, then what hangs on them (questions, cases, appeals)."""

from topics.models import Comment, Topic


def locked(comment: Comment) -> tuple[Topic, Comment]:
    """Both as they are now, the comment with its author. Two queries, inside the caller's transaction."""
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=comment.topic_id)
    comment = Comment.objects.select_for_update(of=("self",)).select_related("author").get(pk=comment.pk)
    comment.topic = topic
    return topic, comment
