package dev.longshore.model.multiformats;

/**
 * Base 256 in emoji: one code point per byte; the prefix is the first of them (multibase table).
 */
final class EmojiBase {
  private static final int PREFIX = 0x1F680;

  /** In the order of the byte values (multibase specification, rfcs/Base256Emoji.md). */
  private static final int[] ALPHABET =
      ("🚀🪐☄🛰🌌🌑🌒🌓🌔🌕🌖🌗🌘🌍🌏🌎🐉☀💻🖥💾💿😂❤😍🤣😊🙏💕😭😘👍"
              + "😅👏😁🔥🥰💔💖💙😢🤔😆🙄💪😉☺👌🤗💜😔😎😇🌹🤦🎉💞✌✨🤷😱😌🌸🙌"
              + "😋💗💚😏💛🙂💓🤩😄😀🖤😃💯🙈👇🎶😒🤭❣😜💋👀😪😑💥🙋😞😩😡🤪👊🥳"
              + "😥🤤👉💃😳✋😚😝😴🌟😬🙃🍀🌷😻😓⭐✅🥺🌈😈🤘💦✔😣🏃💐☹🎊💘😠☝"
              + "😕🌺🎂🌻😐🖕💝🙊😹🗣💫💀👑🎵🤞😛🔴😤🌼😫⚽🤙☕🏆🤫👈😮🙆🍻🍃🐶💁"
              + "😲🌿🧡🎁⚡🌞🎈❌✊👋😰🤨😶🤝🚶💰🍓💢🤟🙁🚨💨🤬✈🎀🍺🤓😙💟🌱😖👶"
              + "🥴▶➡❓💎💸⬇😨🌚🦋😷🕺⚠🙅😟😵👎🤲🤠🤧📌🔵💅🧐🐾🍒😗🤑🌊🤯🐷☎"
              + "💧😯💆👆🎤🙇🍑❄🌴💣🐸💌📍🥀🤢👅💡💩👐📸👻🤐🤮🎼🥵🚩🍎🍊👼💍📣🥂")
          .codePoints()
          .toArray();

  private EmojiBase() {}

  static boolean isPrefixOf(String text) {
    return text.codePointAt(0) == PREFIX;
  }

  static byte[] decodePrefixed(String text) {
    int[] digits = text.codePoints().skip(1).toArray();
    byte[] bytes = new byte[digits.length];
    for (int i = 0; i < digits.length; i++) {
      int digit = digits[i];
      int value = indexOf(digit);
      if (value < 0) {
        throw new IllegalArgumentException("character U+%04X at digit %d".formatted(digit, i + 1));
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static int indexOf(int codePoint) {
    for (int i = 0; i < ALPHABET.length; i++) {
      if (ALPHABET[i] == codePoint) {
        return i;
      }
    }
    return -1;
  }
}
