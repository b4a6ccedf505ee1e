package dev.longshore.containerd.testing;

import com.google.protobuf.Empty;
import dev.longshore.api.containerd.leases.AddResourceRequest;
import dev.longshore.api.containerd.leases.CreateRequest;
import dev.longshore.api.containerd.leases.CreateResponse;
import dev.longshore.api.containerd.leases.DeleteRequest;
import dev.longshore.api.containerd.leases.LeasesGrpc.LeasesImplBase;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The leases of a containerd, on a socket; a test says what it answers. */
public final class LeasesServer extends LeasesImplBase implements AutoCloseable {
  private final List<String> created = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> deleted = new CopyOnWriteArrayList<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Server server;
  private volatile Status toCreate = Status.OK;
  private volatile boolean deletes = true;

  public LeasesServer(Path socket) {
    server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .addService(this)
            .build();
  }

  public void start() throws IOException {
    server.start();
  }

  /** What it says once it has made a lease; or has refused it, it does not matter which. */
  public void answerCreate(Status status) {
    toCreate = status;
  }

  public void refuseToDelete(String lease) {
    refused.add(lease);
  }

  /** From now on deletions get no answer. */
  public void answerNoDelete() {
    deletes = false;
  }

  /** Leases that were to be made, in order. */
  public List<String> created() {
    return List.copyOf(created);
  }

  /** Leases that were to be deleted, in order. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** Those that were. */
  public List<String> deleted() {
    return List.copyOf(deleted);
  }

  @Override
  public void create(CreateRequest request, StreamObserver<CreateResponse> answer) {
    created.add(request.getId());
    if (toCreate.isOk()) {
      answer.onNext(CreateResponse.getDefaultInstance());
      answer.onCompleted();
    } else {
      answer.onError(toCreate.asRuntimeException());
    }
  }

  @Override
  public void addResource(AddResourceRequest request, StreamObserver<Empty> answer) {
    answer.onNext(Empty.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<Empty> answer) {
    asked.add(request.getId());
    if (refused.contains(request.getId())) {
      answer.onError(Status.PERMISSION_DENIED.asRuntimeException());
    } else if (deletes) {
      deleted.add(request.getId());
      answer.onNext(Empty.getDefaultInstance());
      answer.onCompleted();
    }
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
