package dev.longshore.resolver.lookup;

import dev.longshore.api.v1.ResolveRequest;
import dev.longshore.api.v1.ResolveResponse;
import dev.longshore.api.v1.ResolverGrpc;
import dev.longshore.model.OciFormatException;
import dev.longshore.runtime.edge.grpc.CallerScope;
import dev.longshore.runtime.edge.rights.DeniedException;
import dev.longshore.runtime.edge.rights.Operation;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** {@code longshore.v1.Resolver}. */
public final class LookupService extends ResolverGrpc.ResolverImplBase {
  private final Lookup lookup;

  public LookupService(Lookup lookup) {
    this.lookup = lookup;
  }

  @Override
  public void resolve(ResolveRequest request, StreamObserver<ResolveResponse> answer) {
    try {
      answer.onNext(resolve(request));
      answer.onCompleted();
    } catch (StatusException e) {
      answer.onError(e);
    }
  }

  private ResolveResponse resolve(ResolveRequest request) throws StatusException {
    Known known;
    try {
      Question question = question(request);
      CallerScope.visit().isAbout(Operation.LOOK_UP, asked(request));
      known = lookup.known(question, CallerScope.visit().caller());
    } catch (OciFormatException e) {
      throw invalid(e.getMessage());
    } catch (DeniedException e) {
      throw Status.PERMISSION_DENIED.withDescription(e.reason()).asException();
    }
    if (known.isEmpty()) {
      throw Status.NOT_FOUND.withDescription("nothing is known of this").asException();
    }
    return KnownProto.of(known);
  }

  private Question question(ResolveRequest request) throws StatusException {
    return switch (request.getQueryCase()) {
      case NAME -> lookup.name(request.getName());
      case DIGEST -> Question.digest(request.getDigest());
      case CID -> Question.cid(request.getCid());
      case QUERY_NOT_SET -> throw invalid("no query (expected: a name, a digest or a CID)");
    };
  }

  private static String asked(ResolveRequest request) {
    return switch (request.getQueryCase()) {
      case NAME -> request.getName();
      case DIGEST -> request.getDigest();
      case CID -> request.getCid();
      case QUERY_NOT_SET -> "";
    };
  }

  private static StatusException invalid(@Nullable String what) {
    return Status.INVALID_ARGUMENT.withDescription(what).asException();
  }
}
