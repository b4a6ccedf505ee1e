package dev.longshore.pinner;

import dev.longshore.api.v1.GetPinRequest;
import dev.longshore.api.v1.GetPinResponse;
import dev.longshore.api.v1.ListPinsRequest;
import dev.longshore.api.v1.ListPinsResponse;
import dev.longshore.api.v1.PinnerGrpc;
import dev.longshore.catalog.PinnedDag;
import dev.longshore.events.PinMessages;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** {@code longshore.v1.Pinner}. */
final class PinGrpc extends PinnerGrpc.PinnerImplBase {
  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_PAGE = 1000;
  private final PinLookup lookup;

  PinGrpc(PinLookup lookup) {
    this.lookup = lookup;
  }

  @Override
  public void getPin(GetPinRequest request, StreamObserver<GetPinResponse> answer) {
    try {
      List<PinnedDag> pins = find(request);
      if (pins.isEmpty()) {
        throw Status.NOT_FOUND.withDescription("no copies of this are kept").asException();
      }
      GetPinResponse.Builder response = GetPinResponse.newBuilder();
      pins.forEach(
          pin -> response.addPins(PinMessages.pin(pin.inOne(), lookup.namesOf(pin.pin()))));
      answer.onNext(response.build());
      answer.onCompleted();
    } catch (StatusException e) {
      answer.onError(e);
    }
  }

  private List<PinnedDag> find(GetPinRequest request) throws StatusException {
    return switch (request.getQueryCase()) {
      case IMAGE_DAG -> lookup.byDag(dag(request.getImageDag())).stream().toList();
      case NAME -> lookup.byName(request.getName());
      case QUERY_NOT_SET -> throw invalid("no query (expected: an image DAG or a name)");
    };
  }

  @Override
  public void listPins(ListPinsRequest request, StreamObserver<ListPinsResponse> answer) {
    try {
      String token = request.getPageToken();
      int limit = request.getPageSize() == 0 ? DEFAULT_PAGE : request.getPageSize();
      limit = Math.min(limit < 0 ? MAX_PAGE : limit, MAX_PAGE);
      List<PinnedDag> pins =
          lookup.page(token.isEmpty() ? null : dag(token), limit, request.getIncompleteOnly());
      ListPinsResponse.Builder response = ListPinsResponse.newBuilder();
      pins.forEach(
          pin -> response.addPins(PinMessages.pin(pin.inOne(), lookup.namesOf(pin.pin()))));
      if (pins.size() == limit) {
        response.setNextPageToken(pins.getLast().pin().imageDag().toString());
      }
      answer.onNext(response.build());
      answer.onCompleted();
    } catch (StatusException e) {
      answer.onError(e);
    }
  }

  private static ImageDag dag(String text) throws StatusException {
    try {
      return new ImageDag(Cid.parse(text));
    } catch (MalformedCidException e) {
      throw invalid("not a CID: " + e.getMessage());
    }
  }

  private static StatusException invalid(String what) {
    return Status.INVALID_ARGUMENT.withDescription(what).asException();
  }
}
