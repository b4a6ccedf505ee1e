package dev.longshore.resolver.image;

class InMemoryMembersTest extends MemberTableConformance {
  @Override
  MemberTable open() {
    return new InMemoryMembers();
  }
}
