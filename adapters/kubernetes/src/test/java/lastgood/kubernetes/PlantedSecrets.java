package lastgood.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/// Secrets as they get into logs and objects, made up from a seed: each has the text it stands in, and the part of it
/// that nobody may find afterwards.
final class PlantedSecrets {

    record Planted(String text, String secret) {}

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private final Random random;

    PlantedSecrets(long seed) {
        this.random = new Random(seed);
    }

    private String of(String letters, int length) {
        var text = new StringBuilder();
        for (var i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    String word(int length) {
        return of(LETTERS, length);
    }

    /// All kinds, so many of each.
    List<Planted> lines(int each) {
        var all = new ArrayList<Planted>();
        for (var i = 0; i < each; i++) {
            var s = word(24);
            all.add(new Planted("> Authorization: Bearer " + s, s));
            s = word(24);
            all.add(new Planted("{\"authorization\":\"Basic " + s + "\"}", s));
            s = word(24);
            all.add(new Planted("headers={Authorization=[token " + s + "]}", s));
            s = word(24);
            all.add(new Planted("calling with bearer " + s, s));
            var claims =
                    Base64.getUrlEncoder().withoutPadding().encodeToString(("{\"sub\":\"" + s + "\"}").getBytes(UTF_8));
            s = word(24);
            all.add(new Planted("token eyJhbGciOiJIUzI1NiJ9." + claims + "." + s + " refused", s));
            s = word(24);
            all.add(new Planted("jwt is eyJhbGciOiJSUzI1NiJ9." + claims + "." + word(20), claims));
            var aws = "AKIA" + of(UPPER, 16);
            s = word(24);
            all.add(new Planted("credentials for " + aws + " expired", aws));
            s = word(24);
            all.add(new Planted("AWS_SECRET_ACCESS_KEY=" + s + word(16), s));
            s = word(24);
            all.add(new Planted("aws_session_token: " + s, s));
            s = word(24);
            all.add(new Planted("google said no to AIza" + s + word(11), s));
            s = word(24);
            all.add(new Planted("pushed with ghp_" + s + word(12), s));
            s = word(24);
            all.add(new Planted("cloned with glpat-" + s, s));
            s = word(24);
            all.add(new Planted("posting to slack as xoxb-" + s, s));
            s = word(24);
            all.add(new Planted("charge failed for sk_live_" + s, s));
            s = word(24);
            all.add(new Planted("npm_" + s + word(12) + " is not valid", s));
            s = word(24);
            all.add(new Planted("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + s + "==;", s));
            s = word(24);
            all.add(new Planted("GET /blob?sv=2020&sig=" + s + "&se=1 403", s));
            s = word(24);
            all.add(new Planted("connecting to postgres://app:" + s + "@db:5432/shop", s));
            s = word(24);
            all.add(new Planted("redis://:" + s + "@cache:6379/0 is down", s));
            s = word(24);
            all.add(new Planted("amqp://svc:p@" + s + "@mq/vhost", s));
            s = word(24);
            all.add(new Planted("jdbc:mysql://db/x?user=a&password=" + s + "&useSSL=1", s));
            s = word(24);
            all.add(new Planted("DB_PASSWORD=" + s, s));
            s = word(24);
            all.add(new Planted("spring.datasource.password: \"" + s + " with blanks\"", s));
            s = word(24);
            all.add(new Planted("{\"clientSecret\":\"" + s + "\",\"x\":1}", s));
            s = word(24);
            all.add(new Planted("{\"msg\":\"{\\\"apiKey\\\":\\\"" + s + "\\\"}\"}", s));
            s = word(24);
            all.add(new Planted("running tool --password " + s + " --verbose", s));
            s = word(24);
            all.add(new Planted("running tool --api-key=" + s, s));
            s = word(24);
            all.add(new Planted("Set-Cookie: sid=" + s + "; Path=/", s));
            s = word(24);
            all.add(new Planted("config {name: api, token => '" + s + "'}", s));
            s = word(24);
            all.add(new Planted(
                    "key: -----BEGIN RSA PRIVATE KEY-----\\n" + s + "\\n" + word(30)
                            + "\\n-----END RSA PRIVATE KEY-----",
                    s));
        }
        return all;
    }

    /// A key that was printed as it is: over many lines.
    List<Planted> pem() {
        var a = word(60);
        var b = word(60);
        return List.of(
                new Planted("-----BEGIN EC PRIVATE KEY-----", ""),
                new Planted(a, a),
                new Planted(b, b),
                new Planted("-----END EC PRIVATE KEY-----", ""));
    }
}
