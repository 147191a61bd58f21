import { expect } from 'chai';
import { storyboardVtt } from '../../shared/storyboard.ts';

const board = {
  generation: 1,
  intervalSeconds: 1.001,
  tileWidth: 160,
  tileHeight: 90,
  sheets: [
    { columns: 2, rows: 2, tiles: 4 },
    { columns: 1, rows: 1, tiles: 1 },
  ],
};
const named = (sheet: number) => `storyboard-${sheet}.jpg`;

describe('the WebVTT of a storyboard', () => {
  it('has a cue for each tile, one after another, the last to the end', () => {
    expect(storyboardVtt(board, 4.6379, named)).to.equal(
      [
        'WEBVTT\n',
        '00:00:00.000 --> 00:00:01.001\nstoryboard-0.jpg#xywh=0,0,160,90\n',
        '00:00:01.001 --> 00:00:02.002\nstoryboard-0.jpg#xywh=160,0,160,90\n',
        '00:00:02.002 --> 00:00:03.003\nstoryboard-0.jpg#xywh=0,90,160,90\n',
        '00:00:03.003 --> 00:00:04.004\nstoryboard-0.jpg#xywh=160,90,160,90\n',
        '00:00:04.004 --> 00:00:04.638\nstoryboard-1.jpg#xywh=0,0,160,90\n',
      ].join('\n'),
    );
  });

  it('counts hours', () => {
    const long = { ...board, intervalSeconds: 3661.5 };
    expect(storyboardVtt(long, 20_000, named)).to.include('01:01:01.500 --> 02:02:03.000');
    expect(storyboardVtt(long, 400_000, named)).to.include('--> 111:06:40.000');
  });

  it('has no cue without a length, even for a picture at the very end', () => {
    expect(storyboardVtt(board, 0, named)).to.include('00:00:04.004 --> 00:00:04.005');
  });
});
