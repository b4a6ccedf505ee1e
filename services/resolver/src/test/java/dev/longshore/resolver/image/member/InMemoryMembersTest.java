package dev.longshore.resolver.image.member;

import dev.longshore.resolver.image.InMemoryMembers;

class InMemoryMembersTest extends MemberTableConformance {
  @Override
  MemberTable open() {
    return new InMemoryMembers();
  }
}
