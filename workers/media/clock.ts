import type { EncodingPlan, PlanWarning } from '../../shared/contracts/encoding.ts';
import { decimal } from './ffmpeg-command.ts';
import { secondsOf } from './frame-rate.ts';
import { pauseSeconds } from './packets.ts';

type Clock = Pick<EncodingPlan, 'originSeconds' | 'rebuilt' | 'rate'>;

export const damagedTimes: PlanWarning = {
  code: 'damaged_times',
  message:
    'Some time stamps of the picture are wrong or begin anew; where they do, it goes on without a pause.',
};

/** Filters from the picture's clock in the source to the output's. */
export function pictureClock({ originSeconds, rebuilt, rate }: Clock): string[] {
  return [
    ...(rebuilt?.picture
      ? [`setpts='${goOn(rebuilt.firstSeconds, `${decimal(secondsOf(1, rate))}/TB`)}'`]
      : []),
    ...(originSeconds === 0 ? [] : [`setpts=round(PTS-${decimal(originSeconds)}/TB)`]),
  ];
}

/** The same for sound. */
export function soundClock({ originSeconds, rebuilt }: Clock): string[] {
  const earlier = originSeconds - (rebuilt?.soundLater ?? 0);
  return [
    ...(rebuilt?.sound ? [`asetpts='${goOn(rebuilt.firstSeconds, 'NB_SAMPLES/SR/TB')}'`] : []),
    ...(earlier === 0 ? [] : [`asetpts=PTS${earlier > 0 ? '-' : '+'}${decimal(Math.abs(earlier))}/TB`]),
  ];
}

/** The same for packets on their way to a file, where the graph with `soundClock` begins anew midway. */
export function soundPacketClock({ rebuilt }: Clock): string[] {
  return rebuilt?.sound ? ['-bsf:a', `setts=ts='${goOn(rebuilt.firstSeconds, 'DURATION')}'`] : [];
}

/** Each frame comes as long after the one before as its time stamps say, or `usual` where they jump. */
function goOn(firstSeconds: number, usual: string): string {
  const first = decimal(firstSeconds);
  const begin = `if(lt(abs(PTS*TB-${first}),${pauseSeconds}),PTS,${first}/TB)`;
  const step = `if(between(PTS-PREV_INPTS,0,${pauseSeconds}/TB),PTS-PREV_INPTS,${usual})`;
  return `if(eq(N,0),${begin},PREV_OUTPTS+${step})`;
}
