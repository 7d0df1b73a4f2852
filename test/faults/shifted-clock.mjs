// Preloaded into a server, so that it takes the time to be an hour later than the machine does.
const HOUR = 3_600_000;
const Real = Date;

globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + HOUR);
    else super(...given);
  }

  static now() {
    return Real.now() + HOUR;
  }
};
