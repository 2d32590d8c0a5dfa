"""What several pages of an organism fetch: 404 for what is another's."""

from django.shortcuts import get_object_or_404

from trainings.models import Training

from ..models import Sheet


def get_training(request, pk):
    """The organism's own training, approved once."""
    return get_object_or_404(
        Training.objects.visible_to(request.user).ever_approved().select_related("organism"),
        pk=pk,
    )


def get_sheet(request, pk):
    """The organism's own sheet."""
    return get_object_or_404(
        Sheet.objects.visible_to(request.user).select_related("training__organism"), pk=pk
    )
