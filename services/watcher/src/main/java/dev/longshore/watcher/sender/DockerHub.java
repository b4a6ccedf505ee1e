package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;

/** Docker Hub, which tells of pushed tags alone, and can show a secret only in the address. */
public record DockerHub() implements Sender {
  @Override
  public String name() {
    return "dockerhub";
  }

  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    JsonNode body = Payload.of(delivery);
    JsonNode push = body.path("push_data");
    if (!push.isObject()) {
      throw new NotUnderstoodException(Reason.BODY, "there is no push_data in the body");
    }
    changes.at(Payload.time(push, "pushed_at"));
    changes.push(Payload.text(body.path("repository"), "repo_name"), Payload.text(push, "tag"), "");
  }
}
