package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Persons and groups of a tokens file. They show no token: a proxy names them. */
final class People {
  /** By name in lower case, unique within the file. */
  private final Map<String, Person> persons = new HashMap<>();

  private final Map<String, Grant> groups = new HashMap<>();

  private record Person(String name, Grant grant) {}

  void addPerson(String name, Grant grant) {
    persons.put(name.toLowerCase(Locale.ROOT), new Person(name, grant));
  }

  void addGroup(String name, Grant grant) {
    groups.put(name, grant);
  }

  /**
   * The person that a proxy names, with the rights of their own entry or, without one, of all their
   * groups.
   *
   * @throws PersonRefusedException when no entry is valid any more
   */
  Caller caller(Forwarded said, Caller proxy, Instant now) throws PersonRefusedException {
    List<Grant> entries = entries(said, proxy);
    List<Rights> rights =
        entries.stream().filter(grant -> !grant.endedBy(now)).map(Grant::rights).toList();
    if (rights.isEmpty()) {
      throw refusal(
          said,
          proxy,
          entries.isEmpty()
              ? ", nor has one of the "
                  + said.groups().size()
                  + " groups that the proxy names (expected: an entry with person or group in the"
                  + " file of tokens)"
              : " any more (expected: an entry that has not ended)");
    }
    return proxy.speakingFor(said.person(), Rights.together(rights));
  }

  /** A name in different case may be somebody else, but also someone evading their own entry. */
  private List<Grant> entries(Forwarded said, Caller proxy) throws PersonRefusedException {
    Person own = persons.get(said.person().toLowerCase(Locale.ROOT));
    if (own == null) {
      return said.groups().stream().map(groups::get).filter(Objects::nonNull).toList();
    }
    if (!own.name().equals(said.person())) {
      throw refusal(
          said,
          proxy,
          ": there is an entry for this person in other upper and lower case (expected: the same)");
    }
    return List.of(own.grant());
  }

  private static PersonRefusedException refusal(Forwarded said, Caller proxy, String why) {
    return new PersonRefusedException(
        proxy.speakingFor(said.person(), Rights.NONE), said.person() + " has no rights here" + why);
  }
}
