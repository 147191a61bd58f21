import { expect } from 'chai';
import { anotherFrom, hasEnded, isInProgress, sourcesOf, videoStates } from '../../shared/video-state.ts';

describe('the states of a video', () => {
  it('allow these moves and no other', () => {
    const moves = videoStates.flatMap((from) =>
      videoStates.filter((to) => sourcesOf(to).includes(from)).map((to) => `${from} -> ${to}`),
    );
    expect(moves).to.deep.equal([
      'draft -> uploaded',
      'draft -> deleted',
      'uploaded -> probing',
      'uploaded -> failed',
      'uploaded -> deleted',
      'probing -> probing',
      'probing -> encoding',
      'probing -> failed',
      'probing -> deleted',
      'encoding -> publishing',
      'encoding -> failed',
      'encoding -> deleted',
      'publishing -> publishing',
      'publishing -> ready',
      'publishing -> failed',
      'publishing -> deleted',
      'ready -> deleted',
      'failed -> deleted',
    ]);
  });

  it('tell where another attempt may begin, and when the work is over', () => {
    expect(anotherFrom).to.deep.equal({
      reprocess: ['ready', 'failed'],
      restart: ['encoding', 'publishing'],
    });
    expect(videoStates.filter(hasEnded)).to.deep.equal(['ready', 'failed', 'deleted']);
    for (const state of videoStates) expect(hasEnded(state) && isInProgress(state), state).to.equal(false);
  });

  it('tell from where a state may be entered', () => {
    expect(sourcesOf('probing')).to.deep.equal(['uploaded', 'probing']);
    expect(sourcesOf('draft')).to.deep.equal([]);
  });

  it('tell when a client should ask again', () => {
    const inProgress = videoStates.filter(isInProgress);
    expect(inProgress).to.deep.equal(['uploaded', 'probing', 'encoding', 'publishing']);
  });
});
