package lastgood.bench.detect;

import lastgood.core.detect.Scrape;

/// Rules that hold a rate of the new version against a fixed limit, as the documentation of their projects shows
/// them. An analysis is begun anew each hour, which is how long a rollout's analysis usually takes; without that
/// a day's failed checks would add up.
final class ThresholdRules {

    private static final int HOUR = 3600;

    private ThresholdRules() {}

    /// Success rate of at least 95 % by `irate` (the last two samples), asked every five minutes; the fourth failed
    /// measurement ends it. The example of the Argo Rollouts documentation.
    static final class ArgoDocs implements Rule {
        private static final double ERRORS_MAX = 0.05;
        private int every;
        private int perHour;
        private int seen;
        private Largest checks = new Largest(4);

        @Override
        public String name() {
            return "argo-docs";
        }

        @Override
        public void begin(World.Past past, int scrapeSeconds) {
            every = 300 / scrapeSeconds;
            perHour = HOUR / scrapeSeconds;
            checks = new Largest(4);
            seen = 0;
        }

        @Override
        public double score(Scrape scrape) {
            seen++;
            if (seen % perHour == 0) {
                checks = new Largest(4);
            }
            var counts = scrape.fresh().errors();
            if (seen % every == 0 && counts.requests() > 0) {
                checks.add(counts.share() / ERRORS_MAX);
            }
            return checks.kth();
        }
    }

    /// The same, as somebody who knows it would set it: every minute, over a minute, 98 %, the third failure ends
    /// it.
    static final class ArgoTuned implements Rule {
        private static final double ERRORS_MAX = 0.02;
        private Window minute = new Window(1);
        private int perMinute;
        private int perHour;
        private int seen;
        private Largest checks = new Largest(3);

        @Override
        public String name() {
            return "argo-tuned";
        }

        @Override
        public void begin(World.Past past, int scrapeSeconds) {
            perMinute = 60 / scrapeSeconds;
            perHour = HOUR / scrapeSeconds;
            minute = new Window(perMinute);
            checks = new Largest(3);
            seen = 0;
        }

        @Override
        public double score(Scrape scrape) {
            seen++;
            minute.add(scrape);
            if (seen % perHour == 0) {
                checks = new Largest(3);
            }
            if (seen % perMinute == 0 && minute.fresh().requests() > 0) {
                checks.add(minute.fresh().share() / ERRORS_MAX);
            }
            return checks.kth();
        }
    }

    /// Success rate of at least 99 % and p99 within a limit, over a minute, every minute; the fifth failed check
    /// ends it. For the limit of p99 an operator's choice: twice what it was before.
    static final class Flagger implements Rule {
        private static final double ERRORS_MAX = 0.01;
        private Window minute = new Window(1);
        private int perMinute;
        private int perHour;
        private int seen;
        private double slowMax = 1;
        private Largest checks = new Largest(5);

        @Override
        public String name() {
            return "flagger";
        }

        @Override
        public void begin(World.Past past, int scrapeSeconds) {
            perMinute = 60 / scrapeSeconds;
            perHour = HOUR / scrapeSeconds;
            minute = new Window(perMinute);
            checks = new Largest(5);
            seen = 0;
            slowMax = 2 * Window.quantile(past.before().latency(), 0.99);
        }

        @Override
        public double score(Scrape scrape) {
            seen++;
            minute.add(scrape);
            if (seen % perHour == 0) {
                checks = new Largest(5);
            }
            if (seen % perMinute == 0 && minute.fresh().requests() > 0) {
                var slow = Window.quantile(minute.freshLatency(), 0.99) / slowMax;
                checks.add(Math.max(minute.fresh().share() / ERRORS_MAX, Double.isNaN(slow) ? 0 : slow));
            }
            return checks.kth();
        }
    }

    /// Multi-window burn rates on the new version's requests: 14.4 times the budget over an hour and five
    /// minutes, or 6 times over six hours and half an hour. The budget is 0.1 %, or twice the failures of before
    /// if that is more.
    static final class BurnRate implements Rule {
        private static final int LONGEST_MINUTES = 360;
        private int perMinute;
        private double budget;
        private int seen;

        /// Running sums of requests and failures, a ring of six hours.
        private long[] requests = new long[1];

        private long[] bad = new long[1];

        @Override
        public String name() {
            return "burn-rate";
        }

        @Override
        public void begin(World.Past past, int scrapeSeconds) {
            perMinute = 60 / scrapeSeconds;
            budget = Math.max(0.001, 2 * past.before().errors().share());
            requests = new long[LONGEST_MINUTES * perMinute + 1];
            bad = new long[requests.length];
            seen = 0;
        }

        @Override
        public double score(Scrape scrape) {
            var was = seen % requests.length;
            seen++;
            var is = seen % requests.length;
            requests[is] = requests[was] + scrape.fresh().errors().requests();
            bad[is] = bad[was] + scrape.fresh().errors().bad();
            var fast = Math.min(share(60), share(5)) / (14.4 * budget);
            var slow = Math.min(share(LONGEST_MINUTES), share(30)) / (6 * budget);
            return Math.max(fast, slow);
        }

        private double share(int minutes) {
            var is = seen % requests.length;
            var from = (seen - Math.min(seen, minutes * perMinute)) % requests.length;
            var n = requests[is] - requests[from];
            return n == 0 ? 0 : (double) (bad[is] - bad[from]) / n;
        }
    }
}
